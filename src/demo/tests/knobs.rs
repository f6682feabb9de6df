//! The settings do what they say, and no setting puts a perfect score out of reach.

use std::collections::{BTreeMap, BTreeSet};

use super::super::*;

/// Numbers are what the operators cannot help having in common: by them alone, each operator's
/// sites hang together and no two operators do, unless an operator shows one number a site (an
/// account ties its sites then) or names a rival's. So no perfect score is out of reach.
#[test]
fn the_truth_can_be_found() {
    for seed in 0..4 {
        let web = Web::generate(&Options {
            seed,
            rotate_numbers: 0.8,
            one_number_sites: 0.0,
            quote_rivals: 0.0,
            ..Options::small()
        });
        let mut sites: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (host, page) in web.pages() {
            let truth = web.page_truth(&host.url(page)).unwrap();
            let Some(operator) = truth.operator else {
                continue;
            };
            // A market that no list names is nobody's site.
            if !web.truth.operator_of.contains_key(&host.site_of(page)) {
                continue;
            }
            for planted in truth.numbers {
                let own = web.truth.operator_numbers[operator].contains(&planted.number);
                let spam = web.truth.numbers[&planted.number] == Verdict::Spam;
                assert_eq!(own, spam, "{}", host.url(page));
                if own {
                    sites
                        .entry(planted.number)
                        .or_default()
                        .insert(host.site_of(page));
                }
            }
        }
        for (operator, numbers) in web.truth.operator_numbers.iter().enumerate() {
            let mut groups: Vec<_> = numbers
                .iter()
                .filter_map(|n| sites.get(n))
                .cloned()
                .collect();
            let mut together = groups.swap_remove(0);
            while let Some(i) = groups.iter().position(|g| !g.is_disjoint(&together)) {
                together.extend(groups.swap_remove(i));
            }
            assert!(
                groups.is_empty(),
                "seed {seed}: operator {operator} falls apart"
            );
            let of_operator = web.truth.operator_of.values().filter(|o| **o == operator);
            let pool = web.truth.wildcard_pool.as_ref();
            let pool = pool.is_some_and(|p| web.truth.operator_of[p] == operator);
            let missing = of_operator.count() - together.len();
            assert!(
                missing <= usize::from(pool),
                "seed {seed}: operator {operator}"
            );
        }
    }
}

#[test]
fn nothing_is_too_small() {
    let nothing = Options {
        operators: 0,
        kits: 0,
        news: 0,
        repairers: 0,
        officials: 0,
        directories: 0,
        blogs: 0,
        markets: 0,
        chains: 0,
        unlisted_markets: 0,
        articles: 0,
        skins: 0,
        wildcard_pool: 0,
        redirecting_host: false,
        calendar_trap: false,
        ..Options::tiny()
    };
    assert_eq!(Web::generate(&nothing).pages().count(), 0);
    for without in 0..8 {
        let mut options = Options::tiny();
        match without {
            0 => options.operators = 0,
            1 => options.kits = 0,
            2 => options.news = 0,
            3 => options.officials = 0,
            4 => options.articles = 0,
            5 => options.tenants = 0,
            6 => options.skins = 0,
            _ => options.pages_per_site = (0, 0),
        }
        let web = Web::generate(&options);
        for (host, page) in web.pages() {
            assert_eq!(web.respond(&host.name, &page.path).status, 200);
        }
        for host in &web.hosts {
            web.respond(&host.name, "/go/3");
            web.respond(&host.name, "/cal/99999999999/\u{0}");
        }
    }
}

#[test]
fn tricks_can_be_turned_off_and_up() {
    let hotlines = |options: Options| -> Vec<PageTruth> {
        let web = Web::generate(&options);
        let truths = web.pages().filter_map(|(h, p)| web.page_truth(&h.url(p)));
        truths.filter(|t| t.kind == Kind::Hotline).collect()
    };
    let plain = hotlines(Options {
        disguises: 0.0,
        cite_official: 0.0,
        cite_owner: 0.0,
        quote_rivals: 0.0,
        borrow_articles: 0.0,
        ..Options::tiny()
    });
    assert!(
        plain
            .iter()
            .all(|t| t.article.is_none() && t.numbers.len() == 1)
    );
    assert!(
        plain
            .iter()
            .all(|t| t.numbers[0].disguises == [Disguise::Plain])
    );
    let tricky = hotlines(Options {
        disguises: 1.0,
        cite_official: 1.0,
        cite_owner: 0.0,
        quote_rivals: 0.0,
        borrow_articles: 1.0,
        ..Options::tiny()
    });
    assert!(
        tricky
            .iter()
            .all(|t| t.article.is_some() && t.numbers.len() == 3)
    );
    let hidden = |t: &PageTruth| t.numbers[0].disguises.iter().any(|d| *d != Disguise::Plain);
    assert!(tricky.iter().all(hidden));
}
