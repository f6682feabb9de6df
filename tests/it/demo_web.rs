//! The pipeline and the graph on the demo web, whose truth is known, without a network.

use std::collections::{BTreeMap, BTreeSet};

use partyline::demo::judge;
use partyline::demo::{Options, Web};
use partyline::graph::Builder;
use partyline::lists::{Lists, OfficialNumbers, SharedHosts};
use partyline::page::{Body, Origin, Page};
use partyline::pipeline;
use partyline::record::Record;
use partyline::site::CanonicalUrl;

fn lists_of(web: &Web) -> Lists {
    let path = std::path::Path::new("demo");
    Lists {
        shared_hosts: SharedHosts::parse(&web.shared_hosts_tsv(), path).unwrap(),
        official: OfficialNumbers::default(),
    }
}

fn records(web: &Web, lists: &Lists) -> Vec<Record> {
    let mut records = Vec::new();
    for (host, page) in web.pages() {
        let response = web.respond(&host.name, &page.path);
        let url = format!("http://{}{}", host.name, page.path);
        let content_type = response.headers.iter().find(|h| h.0 == "content-type");
        let page = Page {
            canonical: CanonicalUrl::parse(&url).unwrap(),
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
        };
        records.push(pipeline::process(&page, lists).record);
    }
    records
}

#[test]
fn numbers_and_brands_are_what_was_planted() {
    let web = Web::generate(&Options::small());
    let lists = lists_of(&web);
    let (mut found, mut right, mut planted) = (0, 0, 0);
    let (mut claims, mut claimed, mut true_claims) = (0, 0, 0);
    let mut wrong: BTreeMap<String, u32> = BTreeMap::new();
    for record in records(&web, &lists) {
        let Some(truth) = web.page_truth(&record.url) else {
            continue;
        };
        let numbers: BTreeSet<&str> = record.numbers.iter().map(|n| n.number.as_str()).collect();
        let planned: BTreeSet<&str> = truth.numbers.iter().map(|n| n.number.as_str()).collect();
        found += numbers.len();
        planted += planned.len();
        right += numbers.intersection(&planned).count();
        for number in planned.difference(&numbers) {
            let planted = truth.numbers.iter().find(|p| p.number == **number).unwrap();
            *wrong
                .entry(format!(
                    "missed {:?} {:?}",
                    planted.disguises, planted.surfaces
                ))
                .or_default() += 1;
        }
        for number in numbers.difference(&planned) {
            *wrong
                .entry(format!("extra {number} on {}", record.url))
                .or_default() += 1;
        }
        if truth.operator.is_some() && truth.kind == partyline::demo::Kind::Hotline {
            let said: BTreeSet<&str> = record.brands.iter().map(|b| b.brand.as_str()).collect();
            for claim in &truth.brands {
                claims += 1;
                let hit = said.contains(claim.brand.as_str());
                true_claims += usize::from(hit);
                if !hit {
                    *wrong
                        .entry(format!("brand {} read as {said:?}", claim.brand))
                        .or_default() += 1;
                }
            }
            claimed += said.len();
        }
    }
    let (precision, recall) = (right as f64 / found as f64, right as f64 / planted as f64);
    let brand_recall = true_claims as f64 / claims as f64;
    println!(
        "numbers P {precision:.4} R {recall:.4}; brands found {brand_recall:.4} of {claims}, {claimed} claimed"
    );
    let mut wrong: Vec<_> = wrong.into_iter().collect();
    wrong.sort_by_key(|w| std::cmp::Reverse(w.1));
    for (what, times) in wrong.iter().take(60) {
        println!("{times:>5} {what}");
    }
    assert!(precision >= 0.98 && recall >= 0.98);
}

#[test]
fn networks_are_the_operators() {
    for seed in 1..4 {
        let web = Web::generate(&Options {
            seed,
            ..Options::small()
        });
        let lists = lists_of(&web);
        let mut builder = Builder::new(&lists);
        for record in records(&web, &lists) {
            builder.add(&record);
        }
        let graph = builder.build();
        let name = |site: &u32| graph.sites[*site as usize].name.clone();
        let networks: Vec<(String, Vec<String>)> = graph
            .networks
            .iter()
            .map(|n| (n.id.clone(), n.sites.iter().map(name).collect()))
            .collect();
        let judgement = judge::judge(&web.truth, &networks, |_| true);
        println!("seed {seed}\n{judgement}");
        assert!(judgement.is_clean(), "{judgement}");
        assert!(
            judgement.precision >= 0.98 && judgement.recall >= 0.9,
            "{judgement}"
        );
    }
}
