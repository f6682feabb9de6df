//! News, honest firms, brand owners, directories, blogs, shared hosts and the calendar.

use super::super::bank::places::AREA_CODES;
use super::super::disguise;
use super::super::host::{Firm, Host, Role, Sort, Tenant, TenantKind};
use super::super::rng;
use super::super::truth::{Innocent, Verdict};
use super::Plan;

impl Plan<'_> {
    pub(super) fn everybody_else(&mut self) {
        self.news();
        for _ in 0..self.options.repairers {
            self.repairer();
        }
        for brand in 0..self.options.officials {
            self.official(brand);
        }
        for _ in 0..self.options.chains {
            self.chain();
        }
        for brand in 0..self.options.officials {
            for _ in 0..self.options.dealers {
                self.dealer(brand);
            }
        }
        for _ in 0..self.options.directories {
            self.directory();
        }
        for _ in 0..self.options.blogs {
            self.blog();
        }
        for i in 0..self.options.markets {
            if i % 2 == 0 {
                self.path_market();
            } else {
                self.subdomain_market();
            }
        }
        for _ in 0..self.options.unlisted_markets {
            self.mall();
        }
        if self.options.calendar_trap {
            let mut host =
                self.innocent_host(Innocent::Calendar, Role::Calendar, "活动日历".into());
            host.add("/".into(), Sort::Home);
            self.hosts.push(host);
        }
        let seeds = self.hosts.iter().filter(|h| h.by_path.contains_key("/"));
        self.seeds
            .extend(seeds.map(|host| format!("http://{}/", host.name)));
    }

    /// A host under a name of its own, with its class in the truth.
    fn innocent_host(&mut self, class: Innocent, role: Role, name: String) -> Host {
        let domain = self.domain();
        self.truth.innocents.insert(domain.clone(), class);
        let look = self.innocent_look(name);
        let www = if self.rng.chance(0.5) { "www." } else { "" };
        Host::new(format!("{www}{domain}"), domain, role, look)
    }

    fn news(&mut self) {
        for i in 0..self.options.news {
            let town = self.rng.of_slice(AREA_CODES).0;
            let medium = self
                .rng
                .pick(&["新闻网", "在线", "都市网", "晚报网", "资讯"]);
            let mut host =
                self.innocent_host(Innocent::News, Role::News, format!("{town}{medium}"));
            host.look.faults = self.options.faults && i == 0;
            host.add("/".into(), Sort::Home);
            // Together the news sites print every article at least once.
            let mut stories: Vec<usize> = (i..self.articles.len())
                .step_by(self.options.news)
                .collect();
            let all: Vec<usize> = (0..self.articles.len()).collect();
            stories.extend(self.rng.sample(&all, 8));
            stories.sort_unstable();
            stories.dedup();
            for story in stories {
                let path = format!("/news/2026/{:05}.html", 10_000 + story * 37);
                host.add(path, Sort::Article(story));
            }
            if self.options.operators > 0 && self.options.officials > 0 {
                for part in 0..1 + self.rng.below(3) {
                    let operator = self.rng.below(self.options.operators);
                    let path = format!("/315/2026/{}.html", 700 + operator * 11 + part);
                    host.add(path, Sort::Warning(operator));
                }
            }
            self.hosts.push(host);
        }
    }

    /// A firm with its own numbers in its own city.
    fn firm(&mut self, repairs: bool) -> Firm {
        let (city, area) = *self.rng.of_slice(AREA_CODES);
        let mut phones =
            vec![self.number(Verdict::Honest, |rng| disguise::invent_landline(rng, area))];
        if self.rng.chance(0.6) {
            phones.push(self.number(Verdict::Honest, disguise::invent_mobile));
        }
        if repairs && self.rng.chance(0.2) {
            phones.insert(0, self.number(Verdict::Honest, disguise::invent_400));
        }
        let trade = if repairs {
            self.rng.pick(&[
                "家电维修部",
                "电器维修",
                "制冷维修行",
                "锁具服务部",
                "家电服务店",
            ])
        } else {
            self.rng
                .pick(&["机械有限公司", "制品厂", "贸易有限公司", "环保科技有限公司"])
        };
        let brands = self.rng.within((2, 5));
        let mut known: Vec<_> = self.officials.iter().map(|o| o.brand.clone()).collect();
        known.extend(self.claimed.iter().take(12).cloned());
        let serves = self
            .rng
            .sample(&known, brands)
            .into_iter()
            .map(|brand| (brand, self.rng.pick(self.rng.words.products).to_owned()))
            .collect();
        Firm {
            name: format!("{city}{}{trade}", self.rng.pick(self.rng.words.firm)),
            city: city.to_owned(),
            street: format!(
                "{}{}号",
                self.rng.pick(self.rng.words.streets),
                1 + self.rng.below(400)
            ),
            owner: self.rng.pick(self.rng.words.people).to_owned(),
            phones,
            serves,
            goods: self
                .rng
                .sample(self.options.words.goods, 4)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            dealer_of: None,
            loud: false,
        }
    }

    fn repairer(&mut self) {
        let mut firm = self.firm(true);
        firm.loud = self.rng.chance(self.options.loud_repairers);
        let host = self.repair_host(Innocent::Repairer, firm);
        self.hosts.push(host);
    }

    /// One firm in a few cities: a domain in each, one national number, one filing owner, one
    /// account, one look.
    fn chain(&mut self) {
        let head = self.firm(true);
        let number = self.number(Verdict::Honest, disguise::invent_400);
        let filing = self.filing();
        let owner = filing.split('-').next().unwrap_or_default().to_owned();
        let tracker = self.rng.token(rng::HEX, 32);
        let theme = 40 + self.rng.below(1000) as u64;
        for branch in 0..self.rng.within((2, 4)) {
            let mut firm = self.firm(true);
            firm.serves.clone_from(&head.serves);
            firm.owner.clone_from(&head.owner);
            firm.phones.truncate(1);
            firm.phones.insert(0, number.clone());
            let mut host = self.repair_host(Innocent::Repairer, firm);
            host.look.filing = Some(format!("{owner}-{}", branch + 1));
            host.look.tracker = Some(tracker.clone());
            (host.look.theme, host.look.classes) = (theme, theme);
            self.hosts.push(host);
        }
    }

    /// A firm that sells one brand under licence.
    fn dealer(&mut self, brand: usize) {
        let mut firm = self.firm(true);
        let product = self.officials[brand].products[0].to_owned();
        firm.serves = vec![(self.officials[brand].brand.clone(), product)];
        firm.dealer_of = Some(brand);
        let host = self.repair_host(Innocent::Dealer, firm);
        self.hosts.push(host);
    }

    fn repair_host(&mut self, class: Innocent, firm: Firm) -> Host {
        let pages = firm.serves.len() + 2;
        let name = firm.name.clone();
        let mut host = self.innocent_host(class, Role::Repairer(firm), name);
        host.add("/".into(), Sort::Home);
        for part in 0..pages {
            let path = match part {
                0 => "/about.html".to_owned(),
                1 => "/contact.html".to_owned(),
                n => format!("/weixiu/{}.html", n - 1),
            };
            host.add(path, Sort::Part(part));
        }
        host
    }

    fn official(&mut self, brand: usize) {
        let name = format!("{}官方网站", self.officials[brand].brand.name);
        let mut host = self.innocent_host(Innocent::Official, Role::Official(brand), name);
        host.add("/".into(), Sort::Home);
        for (part, path) in [
            "/service/",
            "/service/policy.html",
            "/contact/",
            "/product/1.html",
            "/product/2.html",
            "/product/3.html",
        ]
        .into_iter()
        .enumerate()
        {
            host.add(path.to_owned(), Sort::Part(part));
        }
        self.hosts.push(host);
    }

    fn directory(&mut self) {
        let strangers = (0..150)
            .map(|_| {
                let number = self.number(Verdict::Honest, disguise::invent_400);
                (
                    format!("{}客服", self.rng.pick(self.rng.words.firm)),
                    number,
                )
            })
            .collect();
        let name = self
            .rng
            .pick(&["客服电话大全", "便民号码簿", "114黄页通"])
            .to_owned();
        let mut host = self.innocent_host(Innocent::Directory, Role::Directory(strangers), name);
        host.add("/".into(), Sort::Home);
        for part in 0..self.rng.within((3, 6)) {
            host.add(format!("/list/{}.html", part + 1), Sort::Part(part));
        }
        for entry in 0..self.options.number_pages {
            host.add(format!("/tel/{}.html", 100 + entry), Sort::Entry(entry));
        }
        self.hosts.push(host);
    }

    fn blog(&mut self) {
        let owner = self.rng.pick(self.rng.words.people);
        let mut host = self.innocent_host(Innocent::Blog, Role::Blog, format!("{owner}的博客"));
        host.add("/".into(), Sort::Home);
        for part in 0..self.rng.within((4, 7)) {
            host.add(format!("/post/{}.html", part + 1), Sort::Part(part));
        }
        self.hosts.push(host);
    }

    /// The tenants of a shared host: honest shops and spam shops in turn.
    fn tenant_kinds(&mut self) -> Vec<Tenant> {
        let operators = self.operators.len();
        let parasites = if operators > 0 {
            self.options.parasites
        } else {
            0
        };
        let mut kinds = Vec::new();
        for i in 0..self.options.tenants.max(parasites) {
            if i < self.options.tenants {
                kinds.push(TenantKind::Honest(self.firm(false)));
            }
            if i < parasites {
                let operator = self.rng.below(operators);
                let mut site = self.spam_site(operator, i);
                site.answers_anything = false;
                kinds.push(TenantKind::Spam(site));
            }
        }
        kinds
            .into_iter()
            .map(|kind| Tenant {
                slug: format!("{}{}", self.rng.token(rng::LOWER, 5), self.rng.below(1000)),
                kind,
            })
            .collect()
    }

    /// Enters a tenant into the truth.
    fn note_tenant(&mut self, site: String, kind: &TenantKind) {
        match kind {
            TenantKind::Spam(spam) => {
                self.truth.operator_of.insert(site.clone(), spam.operator);
                self.truth.kit_of.insert(site, spam.kit);
            }
            TenantKind::Honest(_) => {
                self.truth.innocents.insert(site, Innocent::Tenant);
            }
        }
    }

    fn path_market(&mut self) {
        let tenants = self.tenant_kinds();
        let name = "商机汇B2B".to_owned();
        let mut host = self.innocent_host(Innocent::Market, Role::Market(tenants.clone()), name);
        // One name for the market, so that tenants are `host/first-segment`.
        host.name.clone_from(&host.site);
        self.shared.push((host.site.clone(), "path"));
        host.add("/".into(), Sort::Home);
        for (tenant, Tenant { slug, kind }) in tenants.iter().enumerate() {
            self.note_tenant(format!("{}/{slug}", host.site), kind);
            for part in 0..self.rng.within((3, 6)) {
                host.add(
                    format!("/{slug}/p/{}.html", part + 1),
                    Sort::Shop { tenant, part },
                );
            }
        }
        self.hosts.push(host);
    }

    /// A market that no list names: innocent as a whole, whatever some tenants do.
    fn mall(&mut self) {
        let tenants = self.tenant_kinds();
        let name = "百业商圈".to_owned();
        let mut host = self.innocent_host(Innocent::Market, Role::Mall(tenants.clone()), name);
        host.name.clone_from(&host.site);
        host.add("/".into(), Sort::Home);
        for (tenant, Tenant { slug, .. }) in tenants.iter().enumerate() {
            for part in 0..self.rng.within((3, 6)) {
                let path = format!("/shop/{slug}/{}.html", part + 1);
                host.add(path, Sort::Shop { tenant, part });
            }
        }
        self.hosts.push(host);
    }

    fn subdomain_market(&mut self) {
        let tenants = self.tenant_kinds();
        let name = "全球商铺网".to_owned();
        let mut market = self.innocent_host(Innocent::Market, Role::Market(Vec::new()), name);
        let domain = market.site.clone();
        market.name = format!("www.{domain}");
        self.shared.push((domain.clone(), "subdomain"));
        let look = market.look.clone();
        market.add("/".into(), Sort::Home);
        self.hosts.push(market);
        for tenant in tenants {
            let site = format!("{}.{domain}", tenant.slug);
            self.note_tenant(site.clone(), &tenant.kind);
            let mut host = Host::new(site.clone(), site, Role::Shop(tenant), look.clone());
            host.add("/".into(), Sort::Shop { tenant: 0, part: 0 });
            for part in 1..self.rng.within((3, 6)) {
                host.add(format!("/p/{part}.html"), Sort::Shop { tenant: 0, part });
            }
            self.hosts.push(host);
        }
    }
}
