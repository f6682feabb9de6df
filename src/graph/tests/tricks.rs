//! Tricks of operators, and innocents that look like them.

use super::*;

const BRANDS: [&str; 5] = ["甲乙", "丙丁", "戊己", "庚辛", "壬癸"];

/// Sites of an operator with `pages` pages each, every page under another brand.
fn many(name: &str, number: &str, kit: &str, sites: u32, pages: u32) -> Vec<Page> {
    let page = |site: u32, page: u32| {
        hot(&format!("{name}{site}.example"), &format!("p{page}"))
            .sells(number)
            .brand(BRANDS[(site + page) as usize % 5], "")
            .kit(kit, site + page)
    };
    (0..sites)
        .flat_map(|s| (0..pages).map(move |p| page(s, p)))
        .collect()
}

#[test]
fn a_brands_own_number_on_the_pages_of_that_brand_joins_nobody() {
    let mut pages = many("a", "4001110000", "one", 4, 5);
    pages.extend(many("b", "4002220000", "one", 4, 5));
    for page in &mut pages {
        if page.0.brands[0].brand == BRANDS[0] {
            *page = page.clone().sells("4007654321");
        }
    }
    pages.extend(news(10));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 2, "{:?}", networks(&graph));
    let owner = graph.number("4007654321").unwrap();
    assert_eq!(graph.numbers[owner as usize].status, Status::Cited);
    assert!(graph.verdict(owner).score < 0.2);
}

#[test]
fn rivals_that_are_warned_of_do_not_merge_where_the_own_number_is_missed() {
    let mut pages = many("a", "4001110000", "one", 5, 6);
    pages.extend(many("b", "4002220000", "one", 5, 6));
    for (i, page) in pages.iter_mut().enumerate() {
        let rival = if i < 30 { "4002220000" } else { "4001110000" };
        *page = page.clone().mentions(rival);
        if i % 4 == 0 {
            page.0.numbers.remove(0);
        }
    }
    pages.extend(news(10));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 2, "{:?}", networks(&graph));
    for number in ["4001110000", "4002220000"] {
        let number = graph.number(number).unwrap();
        assert_eq!(graph.verdict(number).answer, Answer::Spam);
    }
}

#[test]
fn a_pool_of_numbers_that_take_turns_is_one_operator_and_a_directory_is_none() {
    let mut pages = Vec::new();
    for site in 0..6u32 {
        for page in 0..12u32 {
            let number = format!("40011100{:02}", (site * 5 + page) % 6);
            pages.push(
                hot(&format!("a{site}.example"), &format!("p{page}"))
                    .sells(&number)
                    .brand(BRANDS[page as usize % 5], "")
                    .kit("one", page),
            );
        }
    }
    // Each of its pages is about one number, the pool's among them.
    for page in 0..20u32 {
        let number = match page {
            0..6 => format!("40011100{page:02}"),
            _ => format!("40022200{page:02}"),
        };
        pages.push(hot("list.example", &format!("p{page}")).sells(&number));
    }
    pages.extend(news(10));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 1, "{:?}", networks(&graph));
    assert_eq!(graph.networks[0].sites.len(), 6);
    assert_eq!(of(&graph, "list.example"), None);
}

#[test]
fn the_account_of_a_platform_joins_nobody() {
    let mut pages = operator("a", "4001110000", "one", 4);
    pages.extend(operator("b", "4002220000", "one", 4));
    pages.extend(news(10));
    for i in [0, 1, 4, 5, 9, 10] {
        pages[i] = pages[i].clone().tracker("platform");
    }
    assert_eq!(graph(&pages).networks.len(), 2);
    // Nor does one that stands here and there, though no innocent was seen with it.
    let mut strewn = operator("a", "4001110000", "one", 8);
    strewn.extend(operator("b", "4002220000", "one", 8));
    for i in [0, 8] {
        strewn[i] = strewn[i].clone().tracker("platform");
    }
    assert_eq!(graph(&strewn).networks.len(), 2);
}

#[test]
fn a_home_page_with_the_number_and_the_kit_joins_and_a_diary_with_the_number_does_not() {
    let mut pages = operator("a", "4001110000", "one", 6);
    pages.push(
        cold("home.example", "")
            .mentions("4001110000")
            .kit("one", 0),
    );
    pages.push(
        cold("diary.example", "")
            .mentions("4001110000")
            .lines("diary", 0..8),
    );
    pages.extend(news(10));
    let graph = graph(&pages);
    assert_eq!(of(&graph, "home.example"), of(&graph, "a0.example"));
    assert_eq!(of(&graph, "diary.example"), None);
}

#[test]
fn an_id_stays_and_after_a_merge_both_are_found() {
    let mut pages = operator("a", "4001110000", "one", 6);
    pages.extend(operator("b", "4002220000", "two", 4));
    pages.extend(news(10));
    let apart = graph(&pages);
    let ids: Vec<&str> = apart.networks.iter().map(|n| n.id.as_str()).collect();
    pages.extend(operator("c", "4001110000", "one", 2));
    for page in &mut pages[..10] {
        *page = page.clone().tracker("0123456789abcdef");
    }
    let merged = graph(&pages);
    assert_eq!(merged.networks.len(), 1);
    assert_eq!(merged.networks[0].id, ids[0]);
    assert_eq!(merged.network(ids[1]), Some(0));
}

#[test]
fn a_number_that_takes_a_page_here_and_there_is_its_operators() {
    let mut pages = many("a", "4001110000", "one", 6, 12);
    for (i, page) in pages.iter_mut().enumerate() {
        if [5, 20, 33, 46].contains(&i) {
            page.0.numbers.clear();
            *page = page.clone().sells("4003330000");
        }
    }
    // One that stands beside the own number on pages of all brands is cited.
    for page in pages.iter_mut().filter(|p| p.0.url.ends_with("p1")) {
        *page = page.clone().mentions("4007654321");
    }
    pages.extend(news(10));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 1, "{:?}", networks(&graph));
    let second = graph.number("4003330000").unwrap();
    assert_eq!(graph.numbers[second as usize].network, Some(0));
    assert_eq!(graph.verdict(second).answer, Answer::Spam);
    let cited = graph.number("4007654321").unwrap();
    assert_eq!(graph.numbers[cited as usize].network, None);
    assert_ne!(graph.verdict(cited).answer, Answer::Spam);
}

#[test]
fn loud_firms_that_say_where_they_sit_are_not_accused() {
    let mut pages = many("a", "4001110000", "spun", 4, 6);
    for firm in 0..6u32 {
        for page in 0..6u32 {
            // A shop system in common, brands of all kinds, a landline in the footer.
            let name = format!("firm{firm}.example");
            let loud = hot(&name, &format!("p{page}")).sells(&format!("40022200{firm:02}"));
            let loud = loud.shows(&format!("0755123400{firm:02}"), 1, &[]);
            let brand = BRANDS[(firm + page) as usize % 5];
            pages.push(loud.brand(brand, "").kit("shop", page));
        }
    }
    pages.extend(news(10));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 1, "{:?}", networks(&graph));
    for firm in 0..6 {
        for number in [format!("40022200{firm:02}"), format!("0755123400{firm:02}")] {
            let number = graph.number(&number).unwrap();
            let verdict = graph.verdict(number);
            assert_ne!(verdict.answer, Answer::Spam, "{verdict:?}");
        }
    }
    let spam = graph.number("4001110000").unwrap();
    assert_eq!(graph.verdict(spam).answer, Answer::Spam);
}

/// Sites of an operator that claim brands `{name}0` to `{name}4`, under one account.
fn under_account(name: &str, number: &str, sites: u32, account: &str) -> Vec<Page> {
    let page = |site: u32, page: u32| {
        hot(
            &format!("{name}{number}{site}.example"),
            &format!("p{page}"),
        )
        .sells(number)
        .brand(&format!("{name}{}", (site + page) % 5), "")
        .kit("one", site + page)
        .tracker(account)
    };
    (0..sites)
        .flat_map(|s| (0..3).map(move |p| page(s, p)))
        .collect()
}

const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn an_account_that_came_with_a_kit_joins_nobody() {
    let mut pages = under_account("甲", "4001110000", 4, ACCOUNT);
    pages.extend(under_account("乙", "4002220000", 4, ACCOUNT));
    pages.extend(under_account("丙", "4003330000", 2, ACCOUNT));
    pages.extend(news(10));
    assert_eq!(graph(&pages).networks.len(), 3);
    // Nor does it hide the account that one of them put there.
    for page in &mut pages[..12] {
        *page = page.clone().tracker("ffffffffffffffffffffffffffffffff");
    }
    let own = under_account("甲", "4004440000", 3, "ffffffffffffffffffffffffffffffff");
    pages.extend(own.into_iter().map(|page| page.tracker(ACCOUNT)));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 3, "{:?}", networks(&graph));
    assert_eq!(
        of(&graph, "甲40044400000.example"),
        of(&graph, "甲40011100000.example")
    );
}

#[test]
fn an_operator_that_takes_turns_with_numbers_under_one_account_is_one() {
    let mut pages = under_account("甲", "4001110000", 4, ACCOUNT);
    pages.extend(under_account("甲", "4002220000", 4, ACCOUNT));
    pages.extend(under_account("甲", "4003330000", 2, ACCOUNT));
    pages.extend(news(10));
    assert_eq!(graph(&pages).networks.len(), 1);
}

#[test]
fn an_account_on_a_part_of_a_kit_is_an_operators_whatever_it_claims() {
    // A number for each trade, say.
    let mut pages = under_account("甲", "4001110000", 4, ACCOUNT);
    pages.extend(under_account("乙", "4002220000", 4, ACCOUNT));
    pages.extend(many("others", "4005550000", "one", 6, 3));
    pages.extend(many("more", "4006660000", "one", 6, 3));
    pages.extend(news(10));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 3, "{:?}", networks(&graph));
    assert_eq!(
        of(&graph, "甲40011100000.example"),
        of(&graph, "乙40022200000.example")
    );
}
