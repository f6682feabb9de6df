//! Trust and distrust that spread from the numbers of the user's lists.

use std::path::Path;

use super::*;
use crate::graph::EvidenceKind;
use crate::lists::{OfficialNumbers, SpamNumbers};

fn with_lists(pages: &[Page], official: &str, spam: &str) -> Graph {
    let path = Path::new("mine.tsv");
    let lists = Lists {
        official: OfficialNumbers::parse(official, path).unwrap(),
        spam: SpamNumbers::parse(spam, path).unwrap(),
        ..Lists::built_in()
    };
    let mut builder = Builder::new(&lists);
    pages.iter().for_each(|p| builder.add(&p.0));
    builder.build()
}

const SPAM: &str = "400-111-0000\t消费者协会\n";

#[test]
fn a_listed_number_is_spam_although_one_brand_alone_claims_it() {
    let strangers: Vec<Page> = (0..4)
        .map(|i| hot(&format!("s{i}.example"), "a").sells("4001110000"))
        .map(|page| page.brand("甲乙", "").kit("k", 0))
        .enumerate()
        .map(|(i, page)| page.lines(&format!("own{i}"), 0..8))
        .collect();
    let plain = graph(&strangers);
    let listed = with_lists(&strangers, "", SPAM);
    let number = listed.number("4001110000").unwrap();
    assert_ne!(plain.verdict(number).score, 1.0);
    let verdict = listed.verdict(number);
    assert_eq!((verdict.answer, verdict.score), (Answer::Spam, 1.0));
    assert!(verdict.why[0].contains("known spam") && verdict.why[0].contains("消费者协会"));
    let network = &listed.networks[0];
    assert!(
        network
            .reasons
            .iter()
            .any(|r| r.contains("4001110000") && r.contains("known spam"))
    );
}

#[test]
fn distrust_reaches_what_stands_beside_a_listed_number() {
    // One site with two numbers, and one that shows the second alone, under one brand.
    let page = |site: &str, path: &str| hot(site, path).brand("甲乙", "");
    let mut pages: Vec<Page> = (0..3)
        .map(|i| page("both.example", &format!("{i}")))
        .map(|page| page.sells("4001110000").sells("02155556666"))
        .collect();
    pages.push(page("other.example", "a").sells("4003330000"));
    pages.extend(news(10));
    let (plain, listed) = (graph(&pages), with_lists(&pages, "", SPAM));
    let verdicts = |digits: &str| {
        let of = |graph: &Graph| graph.verdict(graph.number(digits).unwrap());
        (of(&plain), of(&listed))
    };
    let (before, after) = verdicts("02155556666");
    assert_eq!(before.answer, Answer::Unknown, "{before:?}");
    assert!(after.score > before.score + 0.1, "{before:?} {after:?}");
    assert!(
        after.why.iter().any(|w| w.contains("4001110000")),
        "{after:?}"
    );
    let (before, after) = verdicts("4003330000");
    assert_eq!(before, after, "a stranger is not touched");
    let site = listed.site("both.example").unwrap();
    assert!(listed.site_reasons(site)[0].contains("a known spam number"));
    assert_eq!(listed.networks.len(), 1, "{:?}", networks(&listed));
    assert!(plain.networks.is_empty());
}

#[test]
fn a_listed_number_that_news_quote_makes_no_member_of_them() {
    let mut pages = operator("a", "4001110000", "one", 4);
    pages.extend((0..6).map(|i| cold(&format!("n{i}.example"), "x").sells("4001110000")));
    let graph = with_lists(&pages, "", SPAM);
    assert_eq!(graph.networks.len(), 1);
    assert_eq!(graph.networks[0].sites.len(), 4);
    assert_eq!(graph.verdict(0).answer, Answer::Spam);
}

#[test]
fn trust_reaches_the_second_number_of_a_brands_own_site() {
    let pages: Vec<Page> = (0..5)
        .map(|i| hot("brand.example", &format!("{i}")).brand("甲乙", ""))
        .map(|page| page.shows("4002220000", 9, &[]).shows("4003330000", 8, &[]))
        .collect();
    let (plain, listed) = (graph(&pages), with_lists(&pages, "4002220000\t甲乙\n", ""));
    let second = listed.number("4003330000").unwrap();
    let (before, after) = (plain.verdict(second), listed.verdict(second));
    assert!(after.score < before.score, "{before:?} {after:?}");
    assert!(after.why.iter().any(|w| w.contains("4002220000")));
    let site = listed.site("brand.example").unwrap();
    assert!(listed.site_reasons(site)[0].contains("an official number"));
}

#[test]
fn what_supports_a_link_is_told() {
    // One site of the second group shows the first one's number on two of its pages: too little.
    let groups = |kit: &str, brands: [&'static str; 2]| {
        let mut pages = Vec::new();
        for (name, number, kit, list) in [
            ("a", "4001110000", "one", brands[0]),
            ("b", "4002220000", kit, brands[1]),
        ] {
            for (site, page) in (0..3).flat_map(|s| (0..8).map(move |p| (s, p))) {
                let brand = format!("{list}{}", (site + page) % 6);
                let mut new = hot(&format!("{name}{site}.example"), &format!("{page}"))
                    .sells(number)
                    .brand(&brand, "")
                    .kit(kit, page);
                if name == "b" && site == 0 && page < 2 {
                    new.0.numbers.clear();
                    new = new.sells("4001110000");
                }
                pages.push(new);
            }
        }
        for other in 0..40 {
            let name = format!("other{other}");
            let mut more = operator(&name, &format!("40055500{other:02}"), &name, 3);
            more.iter_mut()
                .for_each(|p| p.0.brands[0].brand = format!("{name}牌"));
            pages.extend(more);
        }
        pages.extend(news(40));
        graph(&pages)
    };
    let found = |graph: &Graph, kind: EvidenceKind| {
        let site = graph.sites[graph.site("a0.example").unwrap() as usize].network;
        let network = &graph.networks[site.unwrap() as usize];
        let all = graph.evidence(network);
        (
            network.sites.len(),
            all.into_iter().find(|e| e.kind == kind),
        )
    };
    let (alone, none) = found(&groups("two", ["甲", "乙"]), EvidenceKind::Kit);
    assert_eq!((alone, none), (3, None));
    let (together, kit) = found(&groups("one", ["甲", "乙"]), EvidenceKind::Kit);
    let kit = kit.unwrap();
    assert!(together == 6 && kit.bits > 0.0 && kit.bits <= EvidenceKind::Kit.cap());
    assert!(kit.why.contains("one kit") && kit.value.starts_with('k'));
    let (together, brands) = found(&groups("two", ["甲", "甲"]), EvidenceKind::Brands);
    let brands = brands.unwrap();
    assert!(together == 6 && brands.bits > 0.0 && brands.bits <= EvidenceKind::Brands.cap());
    assert!(
        brands.why.contains("claim 6 brands in common"),
        "{}",
        brands.why
    );
    assert_eq!(brands.value, "甲0, 甲1, 甲2");
}
