//! Which kinds of evidence are found, and what they may not do.

use super::*;
use crate::graph::EvidenceKind;

fn kinds(graph: &Graph) -> Vec<EvidenceKind> {
    let mut kinds: Vec<EvidenceKind> = (graph.networks.iter())
        .flat_map(|n| graph.evidence(n))
        .map(|e| e.kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[test]
fn leaks_and_rules_of_addresses_are_told_in_words() {
    let mut pages = operator("a", "4001110000", "one", 4);
    for (i, page) in pages.iter_mut().enumerate() {
        *page = page
            .clone()
            .leak("/www/wwwroot/gen/make.php")
            .at(&format!("php/2024061109301{i}-12{i}.html"));
    }
    pages.extend(news(12));
    let graph = graph(&pages);
    let all = graph.evidence(&graph.networks[0]);
    let of = |kind| all.iter().find(|e| e.kind == kind).unwrap();
    assert_eq!(of(EvidenceKind::Leak).value, "/www/wwwroot/gen/make.php");
    assert_eq!(of(EvidenceKind::Address).value, "/php/{14}-{n}.html");
    assert_eq!(of(EvidenceKind::Leak).sites.len(), 4);
    assert!(of(EvidenceKind::Address).bits <= 4.0);
}

#[test]
fn a_rule_that_the_innocent_use_is_no_evidence() {
    let mut pages = operator("a", "4001110000", "one", 4);
    for (i, page) in pages.iter_mut().enumerate() {
        *page = page.clone().at(&format!("show.php?id={i}"));
    }
    pages.extend((0..12).map(|i| cold(&format!("n{i}.example"), &format!("show.php?id={i}"))));
    assert!(!kinds(&graph(&pages)).contains(&EvidenceKind::Address));
}

#[test]
fn traces_of_a_generator_alone_join_nobody() {
    let mut pages = operator("a", "4001110000", "kit", 4);
    pages.extend(operator("b", "4002220000", "kit", 4));
    for (i, page) in pages.iter_mut().enumerate() {
        *page = page
            .clone()
            .leak("{随机目录}")
            .region("places")
            .at(&format!("p/{i}.html"));
    }
    pages.extend(news(12));
    assert_eq!(graph(&pages).networks.len(), 2);
}

#[test]
fn a_link_farm_is_told_and_joins_nobody_by_itself() {
    let mut pages = operator("a", "4001110000", "one", 3);
    pages.extend(operator("b", "4002220000", "two", 3));
    for from in 0..6 {
        for to in (0..6).filter(|to| *to != from) {
            let name = pages[to].0.site.as_str().to_owned();
            pages[from] = pages[from].clone().links(&name);
        }
    }
    pages.extend(news(12));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 2);
    assert!(kinds(&graph).contains(&EvidenceKind::Farm));
}

#[test]
fn boilerplate_that_no_background_page_shows_is_no_evidence() {
    let line = |text: &str| crate::fingerprint::lines::of_template(std::iter::once(text));
    let mut pages = operator("a", "4001110000", "one", 4);
    for page in &mut pages {
        let lines = &mut page.0.prints.lines;
        lines.extend(line("版权所有违者必究"));
        lines.extend(line("不良信息举报中心"));
    }
    let known = crate::record::json::hex(line("版权所有违者必究")[0]);
    let graph = graph(&pages);
    let all = graph.evidence(&graph.networks[0]);
    assert!(all.iter().any(|e| e.kind == EvidenceKind::Line));
    assert!(all.iter().all(|e| e.value != known));
}

#[test]
fn tenants_of_one_host_are_not_joined_by_what_the_host_puts_on_them() {
    let mut pages = Vec::new();
    for (shop, number) in [
        ("s1", "4001110000"),
        ("s2", "4002220000"),
        ("s3", "4003330000"),
    ] {
        for page in 0..4 {
            let brand = ["甲乙", "丙丁", "戊己", "庚辛"][page];
            pages.push(
                hot(&format!("market.example/{shop}"), &format!("p{page}"))
                    .sells(number)
                    .brand(brand, "")
                    .tracker("0123456789abcdef")
                    .filing("粤ICP备12345678号")
                    .kit("market", 0),
            );
        }
    }
    pages.extend(news(12));
    let graph = graph(&pages);
    assert!(
        graph.networks.iter().all(|n| n.sites.len() == 1),
        "{:?}",
        networks(&graph)
    );
}

#[test]
fn one_page_and_pages_that_sell_nothing_are_answered() {
    let one = graph(&[hot("s.example", "a").sells("4001110000")]);
    assert_eq!((one.sites.len(), one.networks.len()), (1, 0));
    assert_ne!(one.verdict(0).answer, Answer::Official);
    let none = graph(&news(3));
    assert!(none.networks.is_empty() && none.kits.is_empty());
}

#[test]
fn a_firm_whose_branches_have_landlines_is_no_network() {
    let branch = |i: u32, own: bool| {
        let brand = ["甲乙", "丙丁", "戊己", "庚辛"][i as usize % 4];
        let page = hot(&format!("branch{i}.example"), "a").sells("4001110000");
        let page = page.brand(brand, "").kit("k", i);
        match own {
            true => page.shows(&format!("0755123400{i:02}"), 8, &[]),
            false => page,
        }
    };
    let firm: Vec<Page> = (0..4).map(|i| branch(i, true)).collect();
    assert!(graph(&firm).networks.is_empty());
    // One landline among many sites is an operator's.
    let operator: Vec<Page> = (0..6).map(|i| branch(i, i == 0)).collect();
    assert_eq!(graph(&operator).networks.len(), 1);
}
