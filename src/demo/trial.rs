//! What a crawl of the demo web would store, without the crawl; the same with the mistakes that
//! a web in other words would cause; and what the graph makes of it.

use std::collections::BTreeMap;
use std::path::Path;

use super::judge::{self, Judgement};
use super::rng::Rng;
use super::truth::{Innocent, Truth, Verdict};
use super::web::Web;
use crate::graph::verdict::Answer;
use crate::graph::{Builder, Graph};
use crate::lists::{Lists, OfficialNumbers, SharedHosts, SpamNumbers};
use crate::page::{Body, Origin, Page};
use crate::pipeline;
use crate::record::Record;
use crate::site::CanonicalUrl;

/// The web's shared hosts, and no number that is known before: the graph has to see those by itself.
pub fn lists(web: &Web) -> Lists {
    Lists {
        shared_hosts: SharedHosts::parse(&web.shared_hosts_tsv(), Path::new("demo"))
            .unwrap_or_default(),
        official: OfficialNumbers::default(),
        spam: SpamNumbers::default(),
    }
}

/// The records of all planned pages, through the real pipeline.
pub fn records(web: &Web, lists: &Lists) -> Vec<Record> {
    let page = |host: &str, path: &str| {
        let response = web.respond(host, path);
        let url = format!("http://{host}{path}");
        let content_type = response.headers.iter().find(|h| h.0 == "content-type");
        Some(Page {
            canonical: CanonicalUrl::parse(&url)?,
            url,
            fetched_at: 1_700_000_000,
            status: response.status,
            origin: Origin::Crawl,
            body: Body::Html {
                content_type: content_type.map(|h| h.1.clone()),
                bytes: response.body,
            },
            head: None,
            truncated: false,
            connection: Default::default(),
            variants: Vec::new(),
        })
    };
    web.pages()
        .filter_map(|(host, planned)| page(&host.name, &planned.path))
        .map(|page| pipeline::process(&page, lists).record)
        .collect()
}

/// Mistakes of extraction, as shares of what may go wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Noise {
    pub seed: u64,
    /// Numbers of a page that are not found on it.
    pub lost_numbers: f64,
    /// Brand claims that are read as another name.
    pub wrong_brands: f64,
    /// Template lines that come out different.
    pub lost_lines: f64,
    /// Honest firms' and brand owners' sites whose pages look like hotline pages.
    pub hot_innocents: f64,
    /// Hotline pages that look like none.
    pub cold_spam: f64,
}

impl Noise {
    /// Makes the mistakes. Equal records and noise give equal results.
    pub fn disturb(&self, truth: &Truth, records: &mut [Record]) {
        for record in records {
            let key = |text: &str| xxhash_rust::xxh3::xxh3_64(text.as_bytes());
            let mut rng = Rng::of(&[self.seed, 1, key(&record.url)]);
            let mut of_site = Rng::of(&[self.seed, 2, key(record.site.as_str())]);
            record.numbers.retain(|_| !rng.chance(self.lost_numbers));
            for brand in &mut record.brands {
                if rng.chance(self.wrong_brands) {
                    brand.brand = format!("误{}", rng.below(1000));
                    brand.aliases.clear();
                }
            }
            for line in &mut record.prints.lines {
                if rng.chance(self.lost_lines) {
                    *line = rng.next();
                }
            }
            let firm = truth.innocents.get(record.site.as_str()).is_some_and(|i| {
                matches!(
                    i,
                    Innocent::Repairer | Innocent::Dealer | Innocent::Official | Innocent::Tenant
                )
            });
            let score = &mut record.hotline.score;
            if firm && of_site.chance(self.hot_innocents) && !record.numbers.is_empty() {
                *score = score.max(0.5 + 0.4 * rng.below(100) as f32 / 100.0);
            } else if !firm && *score >= 0.5 && rng.chance(self.cold_spam) {
                *score = 0.3;
            }
        }
    }
}

/// What the graph makes of one web.
#[derive(Debug, Clone)]
pub struct Trial {
    pub judgement: Judgement,
    /// Score and truth (spam or not) of every number of the web that the graph holds.
    pub scores: Vec<(f64, bool)>,
    /// Numbers called spam that are not, and those that are and are not called so.
    pub accused: Vec<String>,
    pub spared: Vec<String>,
}

/// Judges the networks of a graph of the web's records.
pub fn networks(web: &Web, graph: &Graph) -> Judgement {
    let name = |site: &u32| graph.sites[*site as usize].name.clone();
    let networks: Vec<(String, Vec<String>)> = graph
        .networks
        .iter()
        .map(|n| (n.id.clone(), n.sites.iter().map(name).collect()))
        .collect();
    judge::judge(&web.truth, &networks, |site| graph.site(site).is_some())
}

/// Judges a graph of the web's records: its networks, and its verdicts on numbers.
pub fn judge(web: &Web, graph: &Graph) -> Trial {
    let truth: BTreeMap<&str, bool> = web
        .truth
        .numbers
        .iter()
        .map(|(n, v)| (n.as_str(), *v == Verdict::Spam))
        .collect();
    let mut trial = Trial {
        judgement: networks(web, graph),
        scores: Vec::new(),
        accused: Vec::new(),
        spared: Vec::new(),
    };
    for (index, number) in graph.numbers.iter().enumerate() {
        let Some(&spam) = truth.get(number.digits.as_str()) else {
            continue;
        };
        let verdict = graph.verdict(index as u32);
        trial.scores.push((verdict.score, spam));
        match (spam, verdict.answer == Answer::Spam) {
            (false, true) => trial.accused.push(number.digits.clone()),
            (true, false) => trial.spared.push(number.digits.clone()),
            _ => {}
        }
    }
    trial
}

/// The graph of records.
pub fn graph(lists: &Lists, records: &[Record]) -> Graph {
    let mut builder = Builder::new(lists);
    records.iter().for_each(|r| builder.add(r));
    builder.build()
}
