//! Precision and recall by threshold, on demo webs with their knobs turned hard: of each
//! fingerprint, for pairs of pages of different sites that come from one kit; and of the hotline
//! score, for pages of spam sites.

#[path = "support/mod.rs"]
mod support;

use std::cmp::Ordering;

use partyline::demo::{Kind, Options, Web};
use partyline::fingerprint::{Prints, simhash};
use partyline::{extract, fingerprint};

/// A page of which the truth is known.
struct Labelled {
    site: String,
    /// The page generator; `None` for pages of innocent sites.
    kit: Option<usize>,
    prints: Prints,
    /// A generated page that poses as a service desk; `None` for list pages of spam sites.
    sells: Option<bool>,
    score: f32,
}

fn main() {
    let webs: Vec<Vec<Labelled>> = [31, 32, 33].into_iter().map(pages).collect();
    prints_by_threshold(&webs);
    scores(webs.into_iter().flatten().collect());
}

/// The hotline score: pages that pose as a service desk against those of innocent sites.
fn scores(mut pages: Vec<Labelled>) {
    println!(
        "\n{:<24} {:>9} {:>9} {:>9} {:>9}",
        "hotline score from", "pages", "spam", "precision", "recall"
    );
    pages.retain(|p| p.sells.is_some());
    let spam = |p: &&Labelled| p.sells == Some(true);
    let all = pages.iter().filter(spam).count();
    for least in [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] {
        let found = || pages.iter().filter(|p| p.score >= least);
        let (hits, right) = (found().count(), found().filter(spam).count());
        println!(
            "{least:<24} {hits:>9} {right:>9} {:>9.3} {:>9.3}",
            right as f64 / hits.max(1) as f64,
            right as f64 / all.max(1) as f64
        );
    }
    // Ranks from below; equal scores share their mean rank (Mann and Whitney).
    pages.sort_by(|a, b| a.score.total_cmp(&b.score));
    let mut below = 0.0;
    let mut sum = 0.0;
    for equal in pages.chunk_by(|a, b| a.score == b.score) {
        let right = equal.iter().filter(spam).count() as f64;
        let wrong = equal.len() as f64 - right;
        sum += right * (below + wrong / 2.0);
        below += wrong;
    }
    println!("area under the curve: {:.4}", sum / (all as f64 * below));
}

fn prints_by_threshold(webs: &[Vec<Labelled>]) {
    println!("Pairs of pages of different sites, webs 31 to 33; an innocent page is of no kit.");
    let near = |what, f: fn(&Prints) -> u64, most: &[u32]| {
        for k in most {
            let test = |a: &Prints, b: &Prints| {
                f(a) != 0 && f(b) != 0 && simhash::distance(f(a), f(b)) <= *k
            };
            row(&format!("{what} within {k}"), webs, test);
        }
    };
    println!(
        "{:<24} {:>9} {:>9} {:>9} {:>9}",
        "", "pairs", "same kit", "precision", "recall"
    );
    near("text", |p| p.text, &[0, 1, 2, 3, 4, 6, 8, 10]);
    near("skeleton_near", |p| p.skeleton_near, &[0, 1, 2, 3, 4, 6, 8]);
    near("dom", |p| p.dom.unwrap_or(0), &[0, 1, 2, 3, 5, 8]);
    row("skeleton equal", webs, |a, b| {
        a.skeleton != 0 && a.skeleton == b.skeleton
    });
    for least in [1, 2, 3, 5, 8] {
        let test = |a: &Prints, b: &Prints| shared(&a.lines, &b.lines) >= least;
        row(&format!("lines shared, {least}"), webs, test);
    }
    for least in [1, 2] {
        let test = |a: &Prints, b: &Prints| shared(&a.regions, &b.regions) >= least;
        row(&format!("region lines shared, {least}"), webs, test);
    }
    row("article equal", webs, |a, b| {
        a.article.is_some() && a.article == b.article
    });
}

fn pages(seed: u64) -> Vec<Labelled> {
    let web = Web::generate(&Options {
        seed,
        gbk_share: 0.0,
        shuffle_blocks: 0.5,
        shared_banks: 0.3,
        random_chrome: 0.5,
        synonyms: 0.3,
        ..Options::small()
    });
    let mut out = Vec::new();
    for page in support::pages_of(&web, 1200) {
        let host = page.canonical.as_str();
        let truth = web
            .pages()
            .find(|(h, p)| host == format!("http://{}{}", h.name, p.path));
        let Some((host, _)) = truth else { continue };
        let facts = extract::extract(&page);
        let mut prints = fingerprint::prints(&facts);
        prints.lines.sort_unstable();
        prints.regions.sort_unstable();
        out.push(Labelled {
            site: host.site.clone(),
            kit: web.truth.kit_of.get(&host.site).copied(),
            prints,
            sells: web.page_truth(&page.url).and_then(|t| match t.kind {
                Kind::Hotline => Some(true),
                Kind::SpamIndex => None,
                _ => Some(false),
            }),
            score: facts.hotline.score,
        });
    }
    out
}

/// How many hashes two sorted lists share.
fn shared(mut a: &[u64], mut b: &[u64]) -> usize {
    let mut count = 0;
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) {
        match x.cmp(y) {
            Ordering::Less => a = rest_a,
            Ordering::Greater => b = rest_b,
            Ordering::Equal => {
                count += 1;
                (a, b) = (rest_a, rest_b);
            }
        }
    }
    count
}

fn row(what: &str, webs: &[Vec<Labelled>], near: impl Fn(&Prints, &Prints) -> bool) {
    let (mut found, mut right, mut all) = (0u64, 0u64, 0u64);
    for web in webs {
        for (i, a) in web.iter().enumerate() {
            for b in web[..i].iter().filter(|b| a.site != b.site) {
                let same = a.kit.is_some() && a.kit == b.kit;
                let hit = near(&a.prints, &b.prints);
                all += u64::from(same);
                found += u64::from(hit);
                right += u64::from(hit && same);
            }
        }
    }
    println!(
        "{what:<24} {found:>9} {right:>9} {:>9.3} {:>9.3}",
        right as f64 / found.max(1) as f64,
        right as f64 / all.max(1) as f64
    );
}
