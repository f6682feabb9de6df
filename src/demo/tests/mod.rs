//! The web keeps its promises: it repeats, its truth is really on its pages, and what its seeds
//! start reaches everything.

mod knobs;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path as FilePath;

use url::Url;

use super::host::{Gbk, Role};
use super::*;
use crate::lists::SharedHosts;
use crate::site::SiteId;

fn tiny() -> Web {
    Web::generate(&Options::tiny())
}

/// The source of the page at an address, characters decoded.
fn decode(web: &Web, host: &Host, page: &Page) -> String {
    let response = web.respond(&host.name, &page.path);
    assert_eq!(response.status, 200, "{}", host.url(page));
    match host.look.gbk {
        Gbk::No => String::from_utf8(response.body).unwrap(),
        _ => {
            let (text, _, malformed) = encoding_rs::GBK.decode(&response.body);
            assert!(!malformed, "{}", host.url(page));
            text.into_owned()
        }
    }
}

#[test]
fn equal_options_give_equal_bytes() {
    let (a, b) = (tiny(), tiny());
    assert_eq!(a.truth, b.truth);
    assert_eq!(a.seeds, b.seeds);
    for ((host, page), (_, other)) in a.pages().zip(b.pages()) {
        assert_eq!(page, other);
        let answer = a.respond(&host.name, &page.path);
        assert_eq!(answer, b.respond(&host.name, &page.path));
    }
    let other = Web::generate(&Options {
        seed: 1,
        ..Options::tiny()
    });
    assert_ne!(a.truth, other.truth);
}

#[test]
fn every_number_in_the_truth_is_on_the_page() {
    let every_trick = Options {
        disguises: 1.0,
        synonyms: 0.5,
        random_chrome: 0.5,
        gbk_share: 0.5,
        ..Options::tiny()
    };
    let mut disguises = BTreeSet::new();
    for web in [tiny(), Web::generate(&every_trick)] {
        let mut seen = BTreeSet::new();
        for (host, page) in web.pages() {
            let url = host.url(page);
            let truth = web.page_truth(&url).unwrap();
            let source = decode(&web, host, page);
            let digits = reveal::digits(&source);
            for planted in &truth.numbers {
                assert!(
                    digits.contains(&planted.number),
                    "{url}: {} is not there as {:?}",
                    planted.number,
                    planted.surfaces
                );
                assert!(web.truth.numbers.contains_key(&planted.number), "{url}");
                disguises.extend(planted.disguises.iter().copied());
                seen.insert(planted.number.clone());
            }
        }
        // Numbers of a directory's strangers are drawn page by page: not all need be drawn.
        let operators = web.truth.operator_numbers.iter();
        for number in operators.map(|numbers| &numbers[0]) {
            assert!(seen.contains(number), "{number} is on no page");
        }
    }
    assert!(disguises.len() > 5, "{disguises:?}");
}

#[test]
fn occurrences_are_counted_as_they_stand() {
    let web = Web::generate(&Options {
        disguises: 0.0,
        gbk_share: 0.0,
        ..Options::tiny()
    });
    let mut pages = 0;
    for (host, page) in web.pages() {
        let truth = web.page_truth(&host.url(page)).unwrap();
        if truth.kind != Kind::Hotline {
            continue;
        }
        pages += 1;
        let source = web.source(host, page);
        for planted in truth.numbers.iter().filter(|n| n.number.len() > 5) {
            let found: usize = planted
                .surfaces
                .iter()
                .map(|s| source.matches(s).count())
                .sum();
            assert_eq!(found, planted.count as usize, "{}", host.url(page));
        }
    }
    assert!(pages > 20);
}

#[test]
fn sites_in_the_truth_are_what_site_ids_say() {
    let web = tiny();
    let lists = SharedHosts::parse(&web.shared_hosts_tsv(), FilePath::new("demo")).unwrap();
    for (host, page) in web.pages() {
        let url = Url::parse(&host.url(page)).unwrap();
        let site = SiteId::of(&url, &lists).0;
        assert_eq!(site, host.site_of(page), "{url}");
        let spam = web.truth.operator_of.contains_key(&site);
        let innocent = web.truth.innocents.contains_key(&site);
        assert!(spam != innocent, "{site}: spam {spam}, innocent {innocent}");
        let truth = web.page_truth(url.as_str()).unwrap();
        // Shops of a market that no list names belong to one innocent site.
        if matches!(host.role, Role::Mall(_)) {
            continue;
        }
        assert_eq!(
            truth.operator,
            web.truth.operator_of.get(&site).copied(),
            "{url}"
        );
    }
}

#[test]
fn pages_are_of_a_realistic_size() {
    let web = tiny();
    let mut sizes: Vec<usize> = web
        .pages()
        .filter(|(host, page)| {
            let truth = web.page_truth(&host.url(page));
            truth.is_some_and(|t| t.kind == Kind::Hotline)
        })
        .map(|(host, page)| web.source(host, page).len())
        .collect();
    sizes.sort_unstable();
    let (low, high) = (sizes[0], sizes[sizes.len() - 1]);
    assert!(low > 3_000 && high < 40_000, "{low}..{high}");
    let median = sizes[sizes.len() / 2];
    assert!((6_000..20_000).contains(&median), "{median}");
}

#[test]
fn gbk_pages_are_declared_in_both_ways() {
    let web = Web::generate(&Options {
        gbk_share: 1.0,
        ..Options::tiny()
    });
    let mut declared = BTreeMap::new();
    for (host, page) in web.pages() {
        let text = decode(&web, host, page);
        assert!(
            text.contains("</html>") && text.contains("版权所有"),
            "{}",
            host.url(page)
        );
        let response = web.respond(&host.name, &page.path);
        let in_header = response.headers[0].1.contains("gb2312");
        let in_meta = text.contains("charset=gb2312\"");
        assert!(in_header != in_meta || host.look.gbk == Gbk::No);
        *declared.entry(in_header).or_insert(0) += 1;
    }
    assert_eq!(declared.len(), 2);
}

/// Links of a page, resolved; good enough for pages that the demo itself has written.
fn links(base: &Url, source: &str) -> Vec<Url> {
    let value = |tag: &str| {
        let (_, rest) = tag.split_once("href=\"")?;
        let (href, _) = rest.split_once('"')?;
        Some(href.replace("&amp;", "&"))
    };
    let base = source
        .split("<base ")
        .nth(1)
        .and_then(value)
        .and_then(|href| base.join(&href).ok())
        .unwrap_or_else(|| base.clone());
    let anchors = source.split("<a ").skip(1).filter_map(value);
    anchors.filter_map(|href| base.join(&href).ok()).collect()
}

#[test]
fn a_crawl_from_the_seeds_reaches_every_page() {
    let web = tiny();
    let mut queue: VecDeque<Url> = web.seeds.iter().map(|s| Url::parse(s).unwrap()).collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(url) = queue.pop_front() {
        let host = url.host_str().unwrap_or_default().to_owned();
        let endless = url.path().starts_with("/cal/") || host.contains("pool");
        if endless || seen.len() > 5_000 || !seen.insert(url.to_string()) {
            continue;
        }
        let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
        let response = web.respond(&host, &format!("{}{query}", url.path()));
        if let Some((_, to)) = response
            .headers
            .iter()
            .find(|(name, _)| *name == "location")
        {
            queue.push_back(url.join(to).unwrap());
        }
        // Links are ASCII, so that any reading of the bytes finds them.
        queue.extend(links(&url, &String::from_utf8_lossy(&response.body)));
    }
    for (host, page) in web.pages() {
        if !matches!(host.role, Role::Pool(_)) {
            assert!(
                seen.contains(&host.url(page)),
                "{} is not reached",
                host.url(page)
            );
        }
    }
    let forbidden = &web.truth.forbidden;
    assert!(!forbidden.is_empty());
    for (host, prefix) in forbidden {
        let tempting = format!("http://{host}{prefix}");
        assert!(
            seen.iter().any(|url| url.starts_with(&tempting)),
            "{tempting}"
        );
    }
}

#[test]
fn special_hosts_behave() {
    let web = tiny();
    let pool = web.truth.wildcard_pool.clone().unwrap();
    let any = web.respond(&format!("whatever-{pool}.{pool}"), "/");
    assert_eq!(any.status, 200);
    let status = |host: &str, path: &str| web.respond(host, path).status;
    let jump = web.truth.neutral.iter().next().unwrap();
    assert_eq!(status(jump, "/go/1"), 301);
    assert_eq!(status(jump, "/loop/a"), 302);
    assert_eq!(status(jump, "/hop/20"), 302);
    assert_eq!(status(jump, "/refresh/1"), 200);
    assert_eq!(status("unknown.test", "/"), 404);
    let (forbidden, prefix) = &web.truth.forbidden[0];
    let robots = web.respond(forbidden, "/robots.txt");
    assert!(String::from_utf8_lossy(&robots.body).contains(&format!("Disallow: {prefix}")));
    let calendar = web
        .hosts
        .iter()
        .find(|h| matches!(h.role, Role::Calendar))
        .unwrap();
    assert_eq!(status(&calendar.name, "/cal/2026/11?view=month"), 200);
    assert_eq!(status(&calendar.name, "/cal/9/x/<b>?view=\"><i>"), 200);
    for host in &web.hosts {
        let nonsense = status(&host.name, "/no/such-page.html");
        let anything = match &host.role {
            Role::Spam(site) | Role::Pool(site) => site.answers_anything,
            _ => false,
        };
        assert_eq!(nonsense == 200, anything, "{}", host.name);
    }
}

#[test]
fn news_print_what_spam_borrows() {
    let web = tiny();
    let articles = |kind: Kind| -> BTreeSet<usize> {
        let truths = web
            .pages()
            .filter_map(|(host, page)| web.page_truth(&host.url(page)));
        truths
            .filter(|t| t.kind == kind)
            .filter_map(|t| t.article)
            .collect()
    };
    let borrowed = articles(Kind::Hotline);
    assert!(!borrowed.is_empty() && borrowed.is_subset(&articles(Kind::Plain)));
}

#[test]
fn the_small_web_is_what_the_demo_promises() {
    let web = Web::generate(&Options::small());
    let pages = web.pages().count();
    assert!(
        (100..=180).contains(&web.hosts.len()),
        "{} hosts",
        web.hosts.len()
    );
    assert!((800..=1_500).contains(&pages), "{pages} pages");
    let classes: BTreeSet<_> = web.truth.innocents.values().collect();
    assert_eq!(classes.len(), 9, "{classes:?}");
}
