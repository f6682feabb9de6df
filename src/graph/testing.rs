//! Records made for tests, one trick at a time.

use crate::extract::brand::Brand;
use crate::extract::charset::Charset;
use crate::extract::hotline::Hotline;
use crate::extract::identifier::{Filing, Identifiers, Tracker};
use crate::extract::number::{Kind, NumberFact, Place};
use crate::fingerprint::Prints;
use crate::page::Origin;
use crate::record::Record;
use crate::site::SiteId;

/// A record in the making.
#[derive(Debug, Clone)]
pub struct Page(pub Record);

/// A page of `site` that sells a hotline.
pub fn hot(site: &str, path: &str) -> Page {
    page(site, path, 0.9)
}

/// A page of `site` that sells none.
pub fn cold(site: &str, path: &str) -> Page {
    page(site, path, 0.05)
}

fn page(site: &str, path: &str, score: f32) -> Page {
    Page(Record {
        url: format!("http://{site}/{path}"),
        site: SiteId(site.to_owned()),
        fetched_at: 1_780_000_000,
        status: 200,
        origin: Origin::Crawl,
        redirect: None,
        charset: Charset::already_text(),
        title: format!("{site} {path}"),
        numbers: Vec::new(),
        brands: Vec::new(),
        identifiers: Identifiers::default(),
        links_out: Vec::new(),
        hotline: Hotline {
            score,
            reasons: Vec::new(),
        },
        prints: Prints::default(),
        digest: 1,
        cut: false,
        served: Default::default(),
        visits: Vec::new(),
        quotes: Default::default(),
    })
}

/// Hash of a word, for prints.
pub fn hash(word: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(word.as_bytes())
}

impl Page {
    /// The page's own number: in the title and repeated.
    pub fn sells(self, number: &str) -> Page {
        self.shows(number, 8, &[Place::Title, Place::Text])
    }

    /// A number mentioned once in the text.
    pub fn mentions(self, number: &str) -> Page {
        self.shows(number, 1, &[Place::Text])
    }

    pub fn shows(mut self, number: &str, times: u32, places: &[Place]) -> Page {
        let kind = match number.len() {
            0..=6 => Kind::Short,
            _ if number.starts_with("400") => Kind::Shared400,
            _ if number.starts_with('1') => Kind::Mobile,
            _ => Kind::Landline,
        };
        self.0.numbers.push(NumberFact {
            number: number.to_owned(),
            kind,
            e164: None,
            raw: vec![number.to_owned()],
            count: times,
            places: places.to_vec(),
            spots: Vec::new(),
            extensions: Vec::new(),
        });
        self
    }

    pub fn brand(mut self, brand: &str, category: &str) -> Page {
        self.0.brands.push(Brand {
            brand: brand.to_owned(),
            category: (!category.is_empty()).then(|| category.to_owned()),
            categories: Vec::new(),
            aliases: Vec::new(),
            count: 4,
        });
        self
    }

    /// Lines `{bank}-{i}` of a sentence bank.
    pub fn lines(mut self, bank: &str, which: impl IntoIterator<Item = u32>) -> Page {
        self.0
            .prints
            .lines
            .extend(which.into_iter().map(|i| hash(&format!("{bank}-{i}"))));
        self
    }

    pub fn region(mut self, line: &str) -> Page {
        self.0.prints.regions.push(hash(line));
        self
    }

    pub fn skeleton(mut self, name: &str) -> Page {
        self.0.prints.skeleton = hash(name);
        self
    }

    pub fn dom(mut self, name: &str) -> Page {
        self.0.prints.dom = Some(hash(name));
        self
    }

    pub fn article(mut self, name: &str) -> Page {
        self.0.prints.article = Some(hash(name));
        self
    }

    pub fn tracker(mut self, id: &str) -> Page {
        let tracker = Tracker {
            kind: "baidu-tongji".into(),
            id: id.to_owned(),
        };
        self.0.identifiers.trackers.push(tracker);
        self
    }

    pub fn filing(mut self, owner: &str) -> Page {
        self.0.identifiers.filings.push(Filing {
            text: owner.to_owned(),
            owner: owner.to_owned(),
        });
        self
    }

    pub fn leak(mut self, text: &str) -> Page {
        self.0.identifiers.leaks.push(text.to_owned());
        self
    }

    /// The page's address.
    pub fn at(mut self, path: &str) -> Page {
        self.0.url = format!("http://{}/{path}", self.0.site.as_str());
        self
    }

    pub fn links(mut self, to: &str) -> Page {
        self.0.links_out.push(SiteId(to.to_owned()));
        self
    }

    /// A page of one kit: eight lines of its bank, its skeleton and its theme.
    pub fn kit(self, name: &str, page: u32) -> Page {
        self.lines(name, (0..8).map(|i| (page + i) % 12))
            .skeleton(name)
            .dom(name)
    }
}
