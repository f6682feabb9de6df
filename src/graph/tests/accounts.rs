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

/// Three groups of `sites` sites under one account, each with a number of its own.
fn groups(sites: u32, pages: u32, brand: impl Fn(u32, u32, u32) -> String) -> Vec<Page> {
    let mut all = Vec::new();
    for group in 0..3u32 {
        for site in 0..sites {
            for page in 0..pages {
                let name = format!("g{group}s{site}.example");
                let page_of = hot(&name, &format!("p{page}")).sells(&format!("400111000{group}"));
                let page_of = page_of.brand(&brand(group, site, page), "");
                all.push(page_of.kit("one", page).tracker(ACCOUNT));
            }
        }
    }
    all.extend(news(10));
    all
}

/// Groups with five brands, `common` of which are everybody's. Every site links to the next, of
/// its group (`home`) or of the next group. One brand on each page was misread.
fn linked(home: bool, common: u32) -> Vec<Page> {
    let mut pages = groups(4, 5, |group, _, page| match page < common {
        true => format!("公{page}"),
        false => format!("组{group}{page}"),
    });
    for (i, page) in (0u32..).zip(&mut pages).take(60) {
        let (group, site) = (i / 20, i / 5 % 4);
        let to = match home {
            true => (group, (site + 1) % 4),
            false => ((group + 1) % 3, site),
        };
        let to = format!("g{}s{}.example", to.0, to.1);
        *page = page.clone().links(&to).brand(&format!("误{i}"), "");
    }
    pages
}

#[test]
fn links_that_stay_at_home_tell_strangers_whose_lists_overlap() {
    // A brand in five: lists differ enough by themselves.
    assert_eq!(graph(&linked(false, 1)).networks.len(), 3);
    // Three in five: they do not, but strangers leave each other out, and an operator does not.
    assert_eq!(graph(&linked(true, 3)).networks.len(), 3);
    assert_eq!(graph(&linked(false, 3)).networks.len(), 1);
    // One list: an operator's, whatever the links.
    assert_eq!(graph(&linked(true, 5)).networks.len(), 1);
}

#[test]
fn long_lists_take_many_pairs_to_tell() {
    // Of eight brands of a site one is its group's; a catalogue shows that none was misread.
    let web = |sites: u32| {
        let mut pages = groups(sites, 8, |group, site, page| match page {
            0 => format!("组{group}"),
            _ => format!("单{group}{site}{page}"),
        });
        let claimed: Vec<String> = pages
            .iter()
            .flat_map(|p| &p.0.brands)
            .map(|b| b.brand.clone())
            .collect();
        let catalogue = cold("catalogue.example", "all");
        pages.push(
            claimed
                .iter()
                .fold(catalogue, |page, brand| page.brand(brand, "")),
        );
        graph(&pages).networks.len()
    };
    assert_eq!(web(4), 3);
    assert_eq!(web(2), 1, "three pairs may be chance");
}

#[test]
fn parties_with_accounts_and_filings_of_their_own_report_to_the_kit() {
    // One list of brands for all: it tells nothing.
    let web = |change: &dyn Fn(u32, Page) -> Page| {
        let pages = groups(4, 5, |_, _, page| format!("公{page}"));
        let changed = (0u32..).zip(pages).map(|(i, page)| match i < 60 {
            true => change(i / 20, page),
            false => page,
        });
        graph(&changed.collect::<Vec<Page>>()).networks.len()
    };
    let own = |group: u32| format!("{group:032x}");
    let filing = |group: u32| format!("京ICP备1234567{group}号");
    assert_eq!(web(&|_, page| page), 1);
    let both = |g: u32, page: Page| page.tracker(&own(g)).filing(&filing(g));
    assert_eq!(web(&both), 3);
    // An account a number, under one owner; or nothing but accounts: one hand may have many.
    assert_eq!(web(&|g, page| page.tracker(&own(g)).filing(&filing(0))), 1);
    assert_eq!(web(&|g, page| page.tracker(&own(g))), 1);
    // Only one of three is settled elsewhere: the others may be its own.
    assert_eq!(web(&|g, page| if g == 0 { both(g, page) } else { page }), 1);
}
