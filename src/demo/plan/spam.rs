//! Operators: numbers, brands and habits, then their sites.

use std::collections::BTreeSet;

use super::super::disguise::{self, Disguise};
use super::super::host::{Gbk, Host, Look, Role, Sort, SpamSite, TenantKind};
use super::super::rng::{self, Rng};
use super::super::truth::Verdict;
use super::super::web::{Habit, Operator};
use super::{COMMON_THEME, Plan};

/// Filings whose owners have no site here: whoever shows them has copied them.
const FAMOUS_FILINGS: &[&str] = &["京ICP备09000001号", "浙ICP备2009000002号-3"];

impl Plan<'_> {
    pub(super) fn operators(&mut self) {
        for id in 0..self.options.operators {
            let count = self.rng.within(self.options.numbers_per_operator).max(1);
            let numbers: Vec<String> = (0..count)
                .map(|i| {
                    self.number(Verdict::Spam, move |rng| match rng.below(10) {
                        0 if i > 0 => disguise::invent_mobile(rng),
                        1 if i > 0 => {
                            let area = rng.pick(&["0755", "010", "021", "020", "0571"]);
                            disguise::invent_landline(rng, area)
                        }
                        _ => disguise::invent_400(rng),
                    })
                })
                .collect();
            let brands = self.rng.within((7, 14));
            let brands = self.rng.sample(&self.claimed, brands);
            // Every kit has an operator before one has two; then they are shared.
            let mut kits = vec![id % self.kits.len()];
            if self.kits.len() > 1 && self.rng.chance(self.options.two_kits) {
                kits.push((id + 1) % self.kits.len());
            }
            let disguises = self.rng.within((2, 4));
            let filing = self.filing();
            let habit = self.habit(numbers.len());
            self.truth.operator_numbers.push(numbers.clone());
            let mut tracker = self.rng.chance(self.options.trackers);
            let mut contact = self.rng.chance(self.options.contacts);
            if habit == Habit::OneASite && !contact {
                tracker = true;
            }
            if habit == Habit::OneASite && tracker && self.rng.chance(0.3) {
                contact = true;
            }
            self.operators.push(Operator {
                kits,
                habit,
                numbers,
                brands,
                disguises: self.rng.sample(&Disguise::ALL, disguises),
                tracker: tracker.then(|| self.rng.token(rng::HEX, 32)),
                contact: contact.then(|| {
                    format!(
                        "{}{}",
                        1 + self.rng.below(9),
                        self.rng.token(rng::DIGITS, 8)
                    )
                }),
                filing,
                sites: Vec::new(),
            });
        }
    }

    fn habit(&mut self, numbers: usize) -> Habit {
        let options = self.options;
        if numbers < 2 {
            Habit::Main
        } else if self.rng.chance(options.one_number_sites) {
            Habit::OneASite
        } else if self.rng.chance(options.rotate_pages) {
            Habit::Pages
        } else if self.rng.chance(options.rotate_numbers) {
            Habit::Pairs
        } else {
            Habit::Main
        }
    }

    /// The sites of all operators, linked to one another.
    pub(super) fn operators_sites(&mut self) {
        for operator in 0..self.operators.len() {
            let sites = self.rng.within(self.options.sites_per_operator).max(1);
            for number in 0..sites {
                self.spam_host(operator, number);
            }
        }
        if self.options.wildcard_pool > 0 && !self.operators.is_empty() {
            self.pool();
        }
        self.friends();
        for operator in &self.operators {
            let seeds = operator.sites.iter().take(2);
            self.seeds
                .extend(seeds.map(|&host| format!("http://{}/", self.hosts[host].name)));
        }
        if self.options.redirecting_host {
            let name = self.domain();
            let look = self.innocent_look(String::new());
            self.truth.neutral.insert(name.clone());
            self.seeds.push(format!("http://{name}/go/0"));
            self.seeds.push(format!("http://{name}/loop/a"));
            self.seeds.push(format!("http://{name}/refresh/1"));
            self.hosts
                .push(Host::new(name.clone(), name, Role::Redirect, look));
        }
    }

    /// What the operator's `number`-th site (or tenant) is made of.
    pub(super) fn spam_site(&mut self, operator: usize, number: usize) -> SpamSite {
        let Operator {
            kits,
            numbers,
            habit,
            ..
        } = &self.operators[operator];
        let n = numbers.len();
        let kit = kits[number % kits.len()];
        let any_number = *habit == Habit::Pages;
        let numbers = match habit {
            Habit::Pairs => vec![number % n, (number + 1) % n],
            Habit::Pages => (0..n).collect(),
            Habit::OneASite => vec![number % n],
            Habit::Main if n > 1 && self.rng.chance(0.5) => vec![0, 1 + self.rng.below(n - 1)],
            Habit::Main => vec![0],
        };
        SpamSite {
            operator,
            kit,
            skin: self.rng.below(self.options.skins.max(1)),
            any_number,
            numbers,
            friends: Vec::new(),
            leaky: self.rng.chance(self.options.leaks),
            answers_anything: self.rng.chance(self.options.nonsense_pages),
        }
    }

    fn spam_look(&mut self, site: &SpamSite) -> Look {
        let kit_theme = 1000 + (site.kit * 64 + site.skin) as u64;
        let own = 1_000_000 + self.hosts.len() as u64;
        let (theme, classes) = if self.rng.chance(self.options.common_theme) {
            (COMMON_THEME, COMMON_THEME)
        } else if self.rng.chance(self.options.random_chrome) {
            (own, own)
        } else {
            (kit_theme, kit_theme)
        };
        let tied = self.operators[site.operator].habit == Habit::OneASite;
        let innocent_filings: Vec<String> = self
            .hosts
            .iter()
            .filter(|h| !matches!(h.role, Role::Spam(_)))
            .filter_map(|h| h.look.filing.clone())
            .collect();
        let filing = if self.rng.chance(self.options.copied_filings) && !innocent_filings.is_empty()
        {
            Some(self.rng.of_slice(&innocent_filings).clone())
        } else if self.rng.chance(self.options.famous_filings) {
            Some(self.rng.pick(FAMOUS_FILINGS).to_owned())
        } else if self.rng.chance(0.4) {
            Some(self.operators[site.operator].filing.clone())
        } else {
            self.rng.chance(0.5).then(|| self.filing())
        };
        Look {
            theme,
            classes,
            name: site_name(&mut self.rng),
            gbk: self.gbk(),
            filing,
            tracker: match &self.operators[site.operator].tracker {
                Some(shared) if tied || self.rng.chance(0.7) => Some(shared.clone()),
                _ => self.rng.chance(0.3).then(|| self.rng.token(rng::HEX, 32)),
            },
            shipped: self.kits[site.kit].account.clone(),
            platform: self.rng.chance(self.options.platform_account),
            contact: self.operators[site.operator].contact.clone(),
            base: self.rng.chance(0.1),
            private: false,
            crawl_delay: None,
            faults: false,
        }
    }

    fn spam_host(&mut self, operator: usize, number: usize) {
        let domain = self.domain();
        let site = self.spam_site(operator, number);
        self.truth.operator_of.insert(domain.clone(), operator);
        self.truth.kit_of.insert(domain.clone(), site.kit);
        let prefixes: &[&str] = match self.rng.below(10) {
            _ if self.rng.chance(self.options.city_subdomains) => {
                &["beijing.", "hangzhou.", "jinan.", "wuhan-wx.", "cd."]
            }
            0..=5 => &[""],
            6 => &["www."],
            7 => &["m."],
            8 => &["wap."],
            _ => &["www.", "m."],
        };
        for prefix in prefixes {
            let look = self.spam_look(&site);
            let index = self.hosts.len();
            let mut host = Host::new(
                format!("{prefix}{domain}"),
                domain.clone(),
                Role::Spam(site.clone()),
                look,
            );
            let pages = self.rng.within(self.options.pages_per_site).max(1) / prefixes.len();
            self.fill(&mut host, site.kit, pages.max(1));
            self.hosts.push(host);
            self.operators[operator].sites.push(index);
        }
    }

    fn fill(&mut self, host: &mut Host, kit: usize, pages: usize) {
        host.add("/".into(), Sort::Home);
        let mut serial = self.rng.below(500);
        for _ in 0..pages {
            serial += 1 + self.rng.below(9);
            let path = self.kits[kit].path(&mut self.rng, serial);
            host.add(path, Sort::Hotline);
        }
    }

    fn pool(&mut self) {
        let domain = self.domain();
        let operator = self.rng.below(self.operators.len());
        let mut site = self.spam_site(operator, 0);
        site.answers_anything = true;
        let mut look = self.spam_look(&site);
        look.gbk = Gbk::No;
        look.base = false;
        self.truth.operator_of.insert(domain.clone(), operator);
        self.truth.kit_of.insert(domain.clone(), site.kit);
        self.truth.wildcard_pool = Some(domain.clone());
        self.seeds
            .push(format!("http://{}.{domain}/", pool_label(0)));
        let mut host = Host::new(domain.clone(), domain, Role::Pool(site), look);
        host.add("/".into(), Sort::Home);
        self.hosts.push(host);
    }

    /// Forgets the numbers that no site of their operator took up.
    pub(super) fn drop_idle_numbers(&mut self) {
        for id in 0..self.operators.len() {
            let mut used = BTreeSet::new();
            self.sites_of(id, |site| used.extend(site.numbers.iter().copied()));
            let used: Vec<usize> = used.into_iter().collect();
            let place = |n: usize| used.iter().position(|&u| u == n).unwrap_or(0);
            self.sites_of(id, |site| {
                site.numbers.iter_mut().for_each(|n| *n = place(*n));
            });
            let all = std::mem::take(&mut self.operators[id].numbers);
            for (i, number) in all.into_iter().enumerate() {
                if used.contains(&i) || (used.is_empty() && i == 0) {
                    self.operators[id].numbers.push(number);
                } else {
                    self.truth.numbers.remove(&number);
                }
            }
            self.truth.operator_numbers[id].clone_from(&self.operators[id].numbers);
        }
    }

    /// Every site and shop of an operator.
    fn sites_of(&mut self, operator: usize, mut see: impl FnMut(&mut SpamSite)) {
        for host in &mut self.hosts {
            let sites: Vec<&mut SpamSite> = match &mut host.role {
                Role::Spam(site) | Role::Pool(site) => vec![site],
                Role::Market(tenants) | Role::Mall(tenants) => tenants
                    .iter_mut()
                    .filter_map(|t| match &mut t.kind {
                        TenantKind::Spam(site) => Some(site),
                        TenantKind::Honest(_) => None,
                    })
                    .collect(),
                Role::Shop(tenant) => match &mut tenant.kind {
                    TenantKind::Spam(site) => vec![site],
                    TenantKind::Honest(_) => Vec::new(),
                },
                _ => Vec::new(),
            };
            let own = sites.into_iter().filter(|s| s.operator == operator);
            own.for_each(&mut see);
        }
    }

    /// A chain through the operator's own sites, so that a crawl that finds one finds all, and
    /// a few links elsewhere.
    fn friends(&mut self) {
        let everybody = self.hosts.len();
        for operator in 0..self.operators.len() {
            let own = self.operators[operator].sites.clone();
            for (i, &host) in own.iter().enumerate() {
                let mut friends = vec![own[(i + 1) % own.len()]];
                for _ in 0..4 {
                    friends.push(if self.rng.chance(self.options.foreign_links) {
                        self.rng.below(everybody)
                    } else {
                        *self.rng.of_slice(&own)
                    });
                }
                friends.retain(|&friend| friend != host);
                friends.sort_unstable();
                friends.dedup();
                if let Role::Spam(site) = &mut self.hosts[host].role {
                    site.friends = friends;
                }
            }
        }
    }
}

/// The n-th subdomain of the wildcard pool that its pages link to.
pub(in super::super) fn pool_label(n: usize) -> String {
    let mut rng = Rng::of(&[0x504f_4f4c, n as u64]);
    format!("{}{n}", rng.token(rng::LOWER, 3))
}

fn site_name(rng: &mut Rng) -> String {
    format!(
        "{}{}",
        rng.pick(&[
            "家电", "便民", "速修", "万家", "同城", "安心", "快捷", "全能", "百修", "邻里"
        ]),
        rng.pick(&[
            "报修网",
            "服务平台",
            "维修中心",
            "售后网",
            "维修在线",
            "帮修网",
            "服务号",
            "之家"
        ]),
    )
}
