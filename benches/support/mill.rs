//! Records of synthetic sites, made in memory for measuring the graph at sizes that no web of
//! pages would be rendered for.

use partyline::extract::brand::Brand;
use partyline::extract::identifier::Tracker;
use partyline::extract::number::{Kind, NumberFact, Place};
use partyline::lists::Lists;
use partyline::pipeline;
use partyline::record::Record;
use partyline::site::SiteId;

/// Makes records of sites by operators of all sizes; equal arguments give equal records.
pub struct Mill {
    template: Record,
    state: u64,
}

impl Mill {
    pub fn new() -> Self {
        let page = super::support::pages(1).remove(0);
        let mut template = pipeline::process(&page, &Lists::built_in()).record;
        template.identifiers = Default::default();
        template.links_out.clear();
        Mill { template, state: 7 }
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(self.state) * u128::from(n)) >> 64) as u64
    }

    pub fn bare(&self, site: String, hot: bool) -> Record {
        let mut record = self.template.clone();
        record.url = format!("http://{site}/");
        record.site = SiteId(site);
        record.hotline.score = if hot { 0.95 } else { 0.05 };
        record.prints = Default::default();
        record.numbers.clear();
        record.brands.clear();
        record
    }

    pub fn number(&self, digits: String, count: u32) -> NumberFact {
        NumberFact {
            kind: Kind::Shared400,
            e164: None,
            raw: vec![digits.clone()],
            number: digits,
            count,
            places: vec![Place::Title, Place::Text],
            spots: Vec::new(),
            extensions: Vec::new(),
        }
    }

    pub fn brand(&self, name: String) -> Brand {
        Brand {
            brand: name,
            category: None,
            categories: Vec::new(),
            aliases: Vec::new(),
            count: 4,
        }
    }

    /// One site of an operator: one or two of its numbers, lines of its kit, half of the time its
    /// account; every third site is innocent.
    pub fn site(&mut self, index: u64, operator: u64) -> Record {
        let hot = !index.is_multiple_of(3);
        let mut record = self.bare(format!("s{index}.example"), hot);
        let kit = operator % 997;
        let lines = |n: u64| xxhash_rust::xxh3::xxh3_64(&n.to_le_bytes());
        if !hot {
            let theme = self.below(5000);
            record.prints.lines = (0..10)
                .map(|_| lines(1 << 50 | theme << 8 | self.below(200)))
                .collect();
            record.numbers = vec![self.number(format!("021{:08}", index), 2)];
            return record;
        }
        record.prints.lines = (0..12).map(|_| lines(kit << 8 | self.below(64))).collect();
        record.prints.regions = (0..4)
            .map(|_| lines(1 << 40 | kit << 8 | self.below(90)))
            .collect();
        record.prints.text = lines(1 << 41 | kit << 8 | self.below(4));
        record.prints.dom = Some(lines(1 << 42 | kit));
        record.numbers = vec![self.number(format!("400{:07}", operator * 3), 8)];
        if self.below(2) == 0 {
            let second = self.below(3);
            record
                .numbers
                .push(self.number(format!("400{:07}", operator * 3 + second), 8));
            record.numbers.dedup_by(|a, b| a.number == b.number);
        }
        let brand = self.below(3000);
        record.brands = vec![self.brand(format!("牌{brand}"))];
        if operator.is_multiple_of(2) {
            let tracker = Tracker {
                kind: "baidu-tongji".into(),
                id: format!("{operator:032x}"),
            };
            record.identifiers.trackers.push(tracker);
        }
        record
    }
}
