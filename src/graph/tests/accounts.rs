//! Accounts that came with a kit, and accounts that strangers seem to carry.

use super::*;

const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";

/// Sites with three pages each that claim brands `{list}0` to `{list}4`.
fn selling(list: &str, number: &str, kit: &str, sites: u32) -> Vec<Page> {
    let page = |site: u32, page: u32| {
        let name = format!("{list}{number}{site}.example");
        hot(&name, &format!("p{page}"))
            .sells(number)
            .brand(&format!("{list}{}", (site + page) % 5), "")
            .kit(kit, site + page)
    };
    (0..sites)
        .flat_map(|s| (0..3).map(move |p| page(s, p)))
        .collect()
}

/// Two operators of a kit that both carry the account, and four that do not carry it.
fn among_others(change: impl Fn(Page) -> Page, kit: &str) -> Vec<Page> {
    let mut pages = selling("甲", "4001110000", "one", 4);
    pages.extend(selling("乙", "4002220000", "one", 4));
    for page in &mut pages {
        *page = page.clone().tracker(ACCOUNT);
    }
    for (i, list) in ["丙", "丁", "戊", "己"].into_iter().enumerate() {
        let others = selling(list, &format!("400333000{i}"), kit, 4);
        pages.extend(others.into_iter().map(&change));
    }
    pages.extend(news(10));
    pages
}

#[test]
fn a_kit_that_borrows_some_lines_of_another_is_no_user_of_it() {
    let kits = |pages: &[Page]| graph(pages).kits.len();
    let borrow = |page: Page| page.lines("one", 0..4);
    let pages = among_others(borrow, "two");
    assert_eq!(kits(&pages), 1, "they are one family by those lines");
    let found = graph(&pages);
    assert_eq!(found.networks.len(), 6, "{:?}", networks(&found));
    // Users of the whole kit that do without the account show that it did not come with it.
    let found = graph(&among_others(|page| page, "one"));
    assert_eq!(found.networks.len(), 5, "{:?}", networks(&found));
}

/// Two operators under one account, and four sites of `pages` pages each with that account and a
/// score.
fn seen_elsewhere(score: f32, pages: u32) -> Vec<Page> {
    let mut all = operator("a", "4001110000", "one", 4);
    all.extend(operator("b", "4002220000", "two", 4));
    for site in 0..4 {
        for page in 0..pages {
            let mut page = cold(&format!("c{site}.example"), &format!("p{page}"));
            page.0.hotline.score = score;
            all.push(page.lines("other", [site]));
        }
    }
    let mut all: Vec<Page> = all.into_iter().map(|p| p.tracker(ACCOUNT)).collect();
    all.extend(news(10));
    all
}

#[test]
fn one_page_in_doubt_vetoes_no_account() {
    assert_eq!(graph(&seen_elsewhere(0.3, 1)).networks.len(), 1);
    // A page that is none of a hotline does, and so does a site that had a chance to show one.
    assert_eq!(graph(&seen_elsewhere(0.05, 1)).networks.len(), 2);
    assert_eq!(graph(&seen_elsewhere(0.3, 2)).networks.len(), 2);
}

/// Groups of four sites under one account, each with a number of its own, and with one brand in
/// three, or in `list`, that the whole group claims; the others claim brands that all groups do.
/// Every site links to the next, of its group or of the next group.
fn half_alike(home: bool, common: u32) -> Vec<Page> {
    let mut pages = Vec::new();
    for group in 0..3u32 {
        for site in 0..4u32 {
            let name = |group: u32, site: u32| format!("g{}s{}.example", group % 3, site % 4);
            let to = match home {
                true => name(group, site + 1),
                false => name(group + 1, site),
            };
            for page in 0..4u32 {
                let brand = match page < common {
                    true => format!("公{page}"),
                    false => format!("组{group}{page}"),
                };
                pages.push(
                    hot(&name(group, site), &format!("p{page}"))
                        .sells(&format!("400111000{group}"))
                        .brand(&brand, "")
                        .kit("one", page)
                        .links(&to)
                        .tracker(ACCOUNT),
                );
            }
        }
    }
    pages.extend(news(10));
    pages
}

#[test]
fn links_that_stay_at_home_tell_strangers_whose_lists_overlap() {
    // A brand in four: lists differ enough to tell by themselves.
    assert_eq!(graph(&half_alike(false, 1)).networks.len(), 3);
    // Nearly three in four: they do not, but few would link their sites so.
    let misread = |pages: Vec<Page>| -> Vec<Page> {
        let misread = |(i, page): (usize, Page)| page.brand(&format!("误{i}"), "");
        pages.into_iter().enumerate().map(misread).collect()
    };
    assert_eq!(graph(&misread(half_alike(true, 2))).networks.len(), 3);
    // An operator's sites link across its numbers, and where its lists are one, links say nothing.
    let found = graph(&half_alike(false, 3));
    assert_eq!(found.networks.len(), 1, "{:?}", networks(&found));
    let found = graph(&half_alike(true, 4));
    assert_eq!(found.networks.len(), 1, "{:?}", networks(&found));
}
