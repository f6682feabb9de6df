//! Options → hosts, page lists and truth.
//!
//! | part | where |
//! | --- | --- |
//! | operators, their sites, pools and redirects | [`spam`] |
//! | everybody else | [`innocent`] |

pub mod innocent;
pub mod spam;

use std::collections::BTreeSet;

use super::bank::articles::{self, Article};
use super::bank::names::{self, Brand};
use super::bank::places;
use super::disguise;
use super::host::{Gbk, Host, Look, Role};
use super::kit::Kit;
use super::options::Options;
use super::rng::{self, Rng};
use super::truth::{Truth, Verdict};
use super::web::{Official, Operator};

/// A web in the making.
pub(super) struct Plan<'a> {
    pub options: &'a Options,
    pub rng: Rng,
    pub kits: Vec<Kit>,
    pub articles: Vec<Article>,
    pub operators: Vec<Operator>,
    pub officials: Vec<Official>,
    /// Brands that spam pages claim: mostly obscure ones, and those of the officials.
    pub claimed: Vec<Brand>,
    pub hosts: Vec<Host>,
    pub seeds: Vec<String>,
    pub truth: Truth,
    /// Lines of the shared-hosts list.
    pub shared: Vec<(String, &'static str)>,
    names: BTreeSet<String>,
}

impl<'a> Plan<'a> {
    pub fn make(options: &'a Options) -> Self {
        let mut rng = Rng::with(options.words, &[options.seed]);
        let articles = articles::pool(&mut rng, options.articles.max(1));
        let claimed = (0..12 + options.operators * 5)
            .map(|_| Brand::invent(&mut rng))
            .collect();
        let mut plan = Plan {
            options,
            rng,
            kits: (0..options.kits.max(1))
                .map(|id| Kit::invent(options, id))
                .collect(),
            articles,
            operators: Vec::new(),
            officials: Vec::new(),
            claimed,
            hosts: Vec::new(),
            seeds: Vec::new(),
            truth: Truth::default(),
            shared: Vec::new(),
            names: BTreeSet::new(),
        };
        plan.brand_owners();
        plan.operators();
        plan.everybody_else();
        plan.operators_sites();
        plan.drop_idle_numbers();
        plan.finish();
        plan
    }

    /// A domain name that nobody can register, and that is not taken yet.
    fn domain(&mut self) -> String {
        loop {
            let letters = self.rng.within((3, 7));
            let mut name = self.rng.token(rng::LOWER, letters);
            if self.rng.chance(0.4) {
                let digits = self.rng.within((1, 4));
                name.push_str(&self.rng.token(rng::DIGITS, digits));
            }
            let name = format!("{name}.{}", self.rng.pick(&["test", "example", "invalid"]));
            if self.names.insert(name.clone()) {
                return name;
            }
        }
    }

    /// A number that nobody on this web has yet.
    fn number(&mut self, verdict: Verdict, invent: impl Fn(&mut Rng) -> String) -> String {
        loop {
            let number = invent(&mut self.rng);
            if !self.truth.numbers.contains_key(&number) {
                self.truth.numbers.insert(number.clone(), verdict);
                return number;
            }
        }
    }

    fn filing(&mut self) -> String {
        let province = self.rng.pick(places::PROVINCES);
        let digits = if self.rng.chance(0.3) {
            self.rng.token(rng::DIGITS, 8)
        } else {
            format!(
                "20{}{}",
                10 + self.rng.below(16),
                self.rng.token(rng::DIGITS, 6)
            )
        };
        let site = if self.rng.chance(0.5) {
            format!("-{}", 1 + self.rng.below(6))
        } else {
            String::new()
        };
        format!("{province}ICP备{digits}号{site}")
    }

    /// The look of an innocent site: one of a few common systems.
    fn innocent_look(&mut self, name: String) -> Look {
        let theme = if self.rng.chance(self.options.common_theme) {
            COMMON_THEME
        } else {
            1 + self.rng.below(12) as u64
        };
        let filing = self.rng.chance(0.8).then(|| self.filing());
        let tracker = self.rng.chance(0.5).then(|| self.rng.token(rng::HEX, 32));
        Look {
            theme,
            classes: theme,
            name,
            gbk: self.gbk(),
            filing,
            tracker,
            shipped: None,
            platform: self.rng.chance(self.options.platform_account),
            contact: None,
            base: self.rng.chance(0.1),
            private: false,
            crawl_delay: None,
            faults: false,
        }
    }

    fn gbk(&mut self) -> Gbk {
        if !self.rng.chance(self.options.gbk_share) {
            Gbk::No
        } else if self.rng.chance(0.5) {
            Gbk::Header
        } else {
            Gbk::Meta
        }
    }

    fn brand_owners(&mut self) {
        for i in 0..self.options.officials {
            let (brand, number) = match names::WELL_KNOWN.get(i) {
                Some((name, number)) => {
                    self.truth
                        .numbers
                        .insert((*number).to_owned(), Verdict::Official);
                    let brand = Brand {
                        name: (*name).to_owned(),
                        halves: Vec::new(),
                    };
                    (brand, (*number).to_owned())
                }
                None => {
                    let brand = Brand::invent(&mut self.rng);
                    let number = self.number(Verdict::Official, disguise::invent_400);
                    self.claimed.push(brand.clone());
                    (brand, number)
                }
            };
            self.truth
                .official_numbers
                .insert(number.clone(), brand.name.clone());
            let products = self.rng.sample(self.options.words.products, 3);
            self.officials.push(Official {
                brand,
                number,
                products,
            });
        }
        self.truth
            .numbers
            .insert(super::CONSUMER_HOTLINE.to_owned(), Verdict::Shared);
    }

    /// Robots rules, which need all hosts to be there.
    fn finish(&mut self) {
        if !self.options.robots_rules {
            return;
        }
        for (i, host) in self.hosts.iter_mut().enumerate() {
            let ordinary = !matches!(host.role, Role::Pool(_) | Role::Redirect | Role::Calendar);
            if ordinary && i % 5 == 2 {
                host.look.private = true;
                self.truth
                    .forbidden
                    .push((host.name.clone(), super::PRIVATE.to_owned()));
            }
        }
        if let Some(host) = self.hosts.iter_mut().find(|h| matches!(h.role, Role::Blog)) {
            host.look.crawl_delay = Some(1);
            self.truth.crawl_delays.push((host.name.clone(), 1));
        }
    }
}

/// The theme that innocent and spam sites have in common.
const COMMON_THEME: u64 = 0;
