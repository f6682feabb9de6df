//! Webs of one trick each, with known truth.

mod accounts;
mod evidence;
mod listed;
mod served;
mod tricks;

use super::testing::{Page, cold, hot};
use super::{Builder, Graph, Status, verdict::Answer};
use crate::lists::Lists;

fn graph(pages: &[Page]) -> Graph {
    let mut builder = Builder::new(&Lists::built_in());
    pages.iter().for_each(|p| builder.add(&p.0));
    builder.build()
}

/// Networks as lists of site names.
fn networks(graph: &Graph) -> Vec<Vec<&str>> {
    let name = |&s: &u32| graph.site_name(s);
    let mut all: Vec<Vec<&str>> = graph
        .networks
        .iter()
        .map(|n| n.sites.iter().map(name).collect())
        .collect();
    all.sort();
    all
}

fn of<'a>(graph: &'a Graph, site: &str) -> Option<&'a str> {
    let network = graph.sites[graph.site(site).unwrap() as usize].network?;
    Some(&graph.networks[network as usize].id)
}

/// `sites` sites of an operator that sells one number under many brands.
fn operator(name: &str, number: &str, kit: &str, sites: u32) -> Vec<Page> {
    let page = |i: u32| {
        hot(&format!("{name}{i}.example"), "a")
            .sells(number)
            .brand(["甲乙", "丙丁", "戊己", "庚辛"][i as usize % 4], "指纹锁")
            .kit(kit, i)
    };
    (0..sites).map(page).collect()
}

fn news(count: u32) -> Vec<Page> {
    (0..count)
        .map(|i| {
            cold(&format!("news{i}.example"), "story")
                .lines("news", [i])
                .article("flood")
        })
        .collect()
}

#[test]
fn an_empty_state_has_an_empty_graph() {
    let graph = graph(&[]);
    assert!(graph.sites.is_empty() && graph.networks.is_empty() && graph.kits.is_empty());
}

#[test]
fn one_number_under_three_brands_is_one_network_without_any_background() {
    let mut pages = operator("s", "4001110000", "k", 3);
    pages.push(cold("news.example", "story").article("flood"));
    let graph = graph(&pages);
    assert_eq!(
        networks(&graph),
        [["s0.example", "s1.example", "s2.example"]]
    );
    let network = &graph.networks[0];
    assert_eq!(network.brands.len(), 3);
    assert_eq!(network.brands[0].categories, ["指纹锁"]);
    assert_eq!(graph.evidence(network)[0].value, "4001110000");
    assert!(network.score > 0.8, "{}", network.score);
    assert_eq!(
        graph.verdict(graph.number("4001110000").unwrap()).answer,
        Answer::Spam
    );
}

#[test]
fn operators_that_share_a_kit_stay_apart_and_are_one_family() {
    let mut pages = operator("a", "4001110000", "kit", 6);
    pages.extend(operator("b", "4002220000", "kit", 6));
    pages.extend(news(10));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 2);
    assert_ne!(of(&graph, "a0.example"), of(&graph, "b0.example"));
    assert_eq!(graph.kits.len(), 1);
    assert_eq!(graph.kits[0].sites.len(), 12);
    assert_eq!(graph.kits[0].networks.len(), 2);
}

#[test]
fn a_borrowed_article_and_equal_regions_join_nobody() {
    let mut pages = operator("a", "4001110000", "one", 3);
    pages.extend(operator("b", "4002220000", "two", 3));
    for page in &mut pages {
        *page = page.clone().article("flood").region("places of both");
    }
    pages.extend(news(10));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 2);
    assert!(graph.networks.iter().all(|n| n.sites.len() == 3));
}

#[test]
fn an_official_number_joins_nobody_listed_or_not() {
    for official in ["4006999999", "4007654321"] {
        let mut pages = Vec::new();
        for (i, name) in ["a", "b", "c", "d"].iter().enumerate() {
            pages.extend(operator(name, &format!("400111000{i}"), name, 4));
        }
        for page in &mut pages {
            *page = page.clone().mentions(official);
        }
        // Cited as prominently as the own number on some sites.
        for i in [0, 1, 4, 5, 8, 9, 12, 13] {
            pages[i].0.numbers[1].count = 8;
        }
        pages.push(
            cold("brand.example", "service")
                .sells(official)
                .brand("海尔", "冰箱"),
        );
        let graph = graph(&pages);
        assert_eq!(graph.networks.len(), 4, "{official}");
        assert!(graph.networks.iter().all(|n| n.sites.len() == 4));
        let verdict = graph.verdict(graph.number(official).unwrap());
        assert_ne!(verdict.answer, Answer::Spam);
        assert_eq!(of(&graph, "brand.example"), None);
    }
}

#[test]
fn an_official_number_that_no_list_knows_is_found_cited() {
    let mut pages = Vec::new();
    for (i, name) in ["a", "b", "c", "d"].iter().enumerate() {
        pages.extend(operator(name, &format!("400111000{i}"), name, 4));
    }
    for page in &mut pages {
        *page = page.clone().sells("4007654321");
    }
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 4);
    let number = graph.number("4007654321").unwrap();
    assert_eq!(graph.numbers[number as usize].status, Status::Cited);
    assert_eq!(graph.verdict(number).answer, Answer::Shared);
}

#[test]
fn a_directory_joins_nobody_and_is_no_member() {
    let mut pages = operator("a", "4001110000", "one", 3);
    pages.extend(operator("b", "4002220000", "two", 3));
    for (site, make) in [
        ("dir.example", cold as fn(&str, &str) -> Page),
        ("hotdir.example", hot),
    ] {
        let mut listing = make(site, "list")
            .mentions("4001110000")
            .mentions("4002220000");
        for i in 0..20 {
            listing = listing.mentions(&format!("40033300{i:02}"));
        }
        pages.push(listing);
        // A directory with a page a number.
        for i in 0..30 {
            pages.push(
                make(site, &format!("p{i}"))
                    .sells(&format!("40033300{i:02}"))
                    .brand(&format!("牌{i}"), ""),
            );
        }
        pages.push(make(site, "pa").sells("4001110000"));
        pages.push(make(site, "pb").sells("4002220000"));
    }
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 2);
    assert!(graph.networks.iter().all(|n| n.sites.len() == 3));
    assert_eq!(of(&graph, "dir.example"), None);
    assert_eq!(of(&graph, "hotdir.example"), None);
}

#[test]
fn an_operator_that_rotates_numbers_stays_together() {
    let numbers = ["4001110000", "4001110001", "4001110002", "4001110003"];
    let mut pages = Vec::new();
    for i in 0..12 {
        let first = numbers[i % 4];
        let second = numbers[(i + 1 + i / 4) % 4];
        let site = format!("r{i}.example");
        pages.push(
            hot(&site, "a")
                .sells(first)
                .brand("甲乙", "")
                .kit("k", i as u32),
        );
        pages.push(
            hot(&site, "b")
                .sells(second)
                .brand("丙丁", "")
                .kit("k", i as u32),
        );
    }
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 1, "{:?}", networks(&graph));
    assert_eq!(graph.networks[0].sites.len(), 12);
    assert_eq!(graph.networks[0].numbers.len(), 4);
}

#[test]
fn an_operator_with_two_kits_and_numbers_is_joined_by_its_tracker() {
    let mut pages = operator("a", "4001110000", "one", 4);
    pages.extend(operator("b", "4002220000", "two", 4));
    for page in &mut pages {
        *page = page.clone().tracker("0123456789abcdef");
    }
    let joined = graph(&pages);
    assert_eq!(joined.networks.len(), 1);
    // A tracker that an innocent site carries as well is a platform's, and joins nobody.
    pages.push(cold("host.example", "x").tracker("0123456789abcdef"));
    assert_eq!(graph(&pages).networks.len(), 2);
}

#[test]
fn a_filing_alone_is_copied_too_easily() {
    let mut pages = operator("a", "4001110000", "one", 4);
    pages.extend(operator("b", "4002220000", "two", 4));
    for page in &mut pages {
        *page = page.clone().filing("粤ICP备12345678号");
    }
    assert_eq!(graph(&pages).networks.len(), 2);
    let mut one_kit = operator("a", "4001110000", "one", 4);
    one_kit.extend(operator("b", "4002220000", "one", 4));
    for page in &mut one_kit {
        *page = page.clone().filing("粤ICP备12345678号");
    }
    assert_eq!(graph(&one_kit).networks.len(), 1);
}

#[test]
fn a_quoted_competitor_does_not_merge_two_operators() {
    let mut pages = operator("a", "4001110000", "one", 8);
    pages.extend(operator("b", "4002220000", "two", 8));
    pages.push(hot("a0.example", "warning").shows("4002220000", 3, &[]));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 2, "{:?}", networks(&graph));
}

#[test]
fn honest_repairers_with_one_boilerplate_are_background() {
    let mut pages = operator("a", "4001110000", "one", 4);
    for i in 0..12 {
        let number = format!("0755123400{i:02}");
        pages.push(
            cold(&format!("honest{i}.example"), "about")
                .sells(&number)
                .brand("海尔", "")
                .kit("cms", 0),
        );
    }
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 1);
    assert_eq!(graph.networks[0].sites.len(), 4);
    assert!(graph.kits.iter().all(|k| k.sites.len() == 4));
    let honest = graph.verdict(graph.number("075512340003").unwrap());
    assert_eq!(honest.answer, Answer::Unknown);
    assert!(honest.score < 0.2);
}

#[test]
fn a_theme_that_the_background_shares_makes_no_kit() {
    let mut pages: Vec<Page> = (0..6)
        .map(|i| {
            hot(&format!("s{i}.example"), "a")
                .sells(&format!("400111000{i}"))
                .dom("cms")
                .skeleton("cms")
                .lines("warranty", 0..9)
        })
        .collect();
    pages.extend((0..8).map(|i| {
        cold(&format!("c{i}.example"), "a")
            .dom("cms")
            .skeleton("cms")
            .lines("warranty", 0..9)
    }));
    let graph = graph(&pages);
    assert!(graph.kits.is_empty() && graph.networks.is_empty());
}

#[test]
fn news_that_quotes_a_spam_number_neither_joins_nor_clears_it() {
    let mut pages = operator("a", "4001110000", "one", 6);
    pages.push(
        cold("news.example", "fake")
            .shows("4001110000", 3, &[])
            .mentions("4006999999"),
    );
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 1);
    assert_eq!(graph.networks[0].sites.len(), 6);
    assert_eq!(of(&graph, "news.example"), None);
    assert_eq!(
        graph.verdict(graph.number("4001110000").unwrap()).answer,
        Answer::Spam
    );
}

#[test]
fn one_hotline_page_on_an_innocent_host_does_not_make_it_a_member() {
    let mut pages = operator("a", "4001110000", "one", 4);
    pages.extend((0..30).map(|i| cold("host.example", &format!("p{i}"))));
    pages.push(
        hot("host.example", "parasite")
            .sells("4001110000")
            .brand("甲乙", ""),
    );
    let graph = graph(&pages);
    assert_eq!(of(&graph, "host.example"), None);
    assert_eq!(graph.networks[0].sites.len(), 4);
}

#[test]
fn a_site_without_a_number_joins_the_one_user_of_its_kit() {
    let mut pages = operator("a", "4001110000", "one", 4);
    pages.push(
        hot("bare.example", "a")
            .brand("甲乙", "")
            .kit("one", 2)
            .region("places"),
    );
    pages[1] = pages[1].clone().region("places");
    pages.extend(news(10));
    assert_eq!(
        of(&graph(&pages), "bare.example"),
        of(&graph(&pages), "a0.example")
    );
    // Two operators use the kit: whose it is cannot be told.
    pages.extend(operator("b", "4002220000", "one", 4));
    assert_eq!(of(&graph(&pages), "bare.example"), None);
}

#[test]
fn one_site_that_sells_many_brands_is_a_network_by_itself() {
    let brands = ["甲乙", "丙丁", "戊己", "庚辛"];
    let pages: Vec<Page> = (0..8)
        .map(|i| {
            hot("pool.example", &format!("p{i}"))
                .sells("4001110000")
                .brand(brands[i % 4], "")
        })
        .collect();
    assert_eq!(networks(&graph(&pages)), [["pool.example"]]);
}

#[test]
fn one_brand_on_unrelated_sites_may_be_the_brands_own_number() {
    let pages: Vec<Page> = (0..4)
        .map(|i| {
            hot(&format!("dealer{i}.example"), "a")
                .sells("4005550000")
                .brand("甲乙", "")
                .kit(&format!("k{i}"), 0)
        })
        .collect();
    let graph = graph(&pages);
    assert!(graph.networks.is_empty());
    assert_eq!(
        graph.verdict(graph.number("4005550000").unwrap()).answer,
        Answer::Unknown
    );
}

#[test]
fn redirects_and_old_captures_count_for_nothing() {
    let mut moved = hot("moved.example", "a").sells("4001110000");
    moved.0.status = 302;
    let mut old = hot("s0.example", "a").sells("4009990000");
    old.0.fetched_at -= 1000;
    let mut pages = operator("s", "4001110000", "k", 3);
    pages.push(moved);
    pages.push(old);
    let graph = graph(&pages);
    assert_eq!(graph.pages, 3);
    assert!(graph.site("moved.example").is_none() && graph.number("4009990000").is_none());
}

#[test]
fn the_order_of_records_does_not_matter() {
    let mut pages = operator("a", "4001110000", "kit", 6);
    pages.extend(operator("b", "4002220000", "kit", 6));
    pages.extend(news(10));
    pages.push(hot("a0.example", "b").sells("4002220000").tracker("t"));
    pages.push(hot("b0.example", "b").sells("4001110000").tracker("t"));
    let forward = graph(&pages);
    pages.reverse();
    assert_eq!(format!("{forward:?}"), format!("{:?}", graph(&pages)));
    pages.rotate_left(7);
    assert_eq!(format!("{forward:?}"), format!("{:?}", graph(&pages)));
}

#[test]
fn evidence_is_strongest_first_and_explained() {
    let mut pages = operator("a", "4001110000", "kit", 6);
    pages.extend(news(10));
    let graph = graph(&pages);
    let evidence = graph.evidence(&graph.networks[0]);
    assert!(evidence.len() > 3);
    assert!(evidence.windows(2).all(|w| w[0].bits >= w[1].bits));
    assert!(
        evidence
            .iter()
            .all(|e| e.why.ends_with('.') && e.sites.len() > 1)
    );
}
