//! Pages that are near-duplicates of a page, or of each other. Asked of the codes of all pages:
//! neither the graph nor the records of other pages are needed.

use std::collections::HashMap;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::fingerprint::near::{Index, MAX_DISTANCE};
use crate::graph::Builder;
use crate::record::Record;
use crate::record::json::hex;
use crate::site::CanonicalUrl;
use crate::state::State;
use crate::store::{Codes, PageKey};
use crate::text::Table;

use super::{Answer, ROWS, unknown};

/// Distance of near-identical pages (Manku, Jain and Das Sarma, 2007).
pub const WITHIN: u32 = 3;
/// Pages that are listed as near one page, and texts that are listed, at most: each takes a look
/// into the store.
const NEAREST: usize = 1000;

/// The record of a page, by its key.
type ToRecord<'a> = Box<dyn Fn(&PageKey) -> Result<Option<Record>> + 'a>;

/// The codes of all pages, and a way to their records.
pub struct Pages<'a> {
    codes: Vec<Codes>,
    record: ToRecord<'a>,
}

impl<'a> Pages<'a> {
    /// Pages that count for no graph are near to nothing.
    pub fn new(
        mut codes: Vec<Codes>,
        record: impl Fn(&PageKey) -> Result<Option<Record>> + 'a,
    ) -> Self {
        codes.retain(|c| Builder::answer_counts(c.status, c.hotline));
        Pages {
            codes,
            record: Box::new(record),
        }
    }

    /// Those of a state.
    pub fn of(state: &'a State) -> Result<Self> {
        Ok(Pages::new(state.codes()?, |key| {
            Ok(state.page(key)?.map(|stored| stored.record))
        }))
    }
}

/// Answers `query near`: with a key (a page's URL, or a code of 16 hexadecimal digits) the pages
/// within a distance of it, nearest first; without one the texts that have company.
pub fn run(key: Option<&str>, within: u32, pages: &Pages<'_>) -> Result<Answer> {
    if within > MAX_DISTANCE {
        return Err(Error::Usage(format!(
            "--within {within}: distances up to {MAX_DISTANCE} are answered"
        )));
    }
    match key {
        Some(key) => one(key, within, pages),
        None => all(within, pages),
    }
}

/// What other pages are compared with.
struct Target {
    /// Not near itself.
    page: Option<PageKey>,
    /// Codes of text, skeleton and tag paths; 0 where there is none.
    codes: [u64; 3],
    /// Sorted hashes of its masked lines.
    lines: Vec<u64>,
}

impl Target {
    fn find(key: &str, pages: &Pages<'_>) -> Result<Target> {
        if let Some(page) = CanonicalUrl::parse(key).map(|url| url.key())
            && let Some(record) = (pages.record)(&page)?
        {
            let own = Codes::of(page, &record);
            let mut lines = record.prints.lines;
            lines.sort_unstable();
            return Ok(Target {
                page: Some(page),
                codes: three(&own),
                lines,
            });
        }
        let is_code = key.len() == 16 && key.bytes().all(|b| b.is_ascii_hexdigit());
        match u64::from_str_radix(key, 16) {
            Ok(code) if is_code => Ok(Target {
                page: None,
                codes: [code; 3],
                lines: Vec::new(),
            }),
            _ => Err(unknown("page", key)),
        }
    }
}

fn three(codes: &Codes) -> [u64; 3] {
    [codes.text, codes.skeleton_near, codes.dom]
}

/// Distances of text, skeleton and tag paths; `None` where one of the two has no such code.
type Distances = [Option<u32>; 3];

/// Hamming distances, bit by bit; 0 says that there was too little to code.
fn distances(a: [u64; 3], b: [u64; 3]) -> Distances {
    std::array::from_fn(|i| (a[i] != 0 && b[i] != 0).then(|| (a[i] ^ b[i]).count_ones()))
}

/// Nearest by text first, then by skeleton, then by tag paths.
fn rank(distances: &Distances) -> [u32; 3] {
    distances.map(|d| d.unwrap_or(64))
}

/// A page that is near: Hamming distances in bits of 64, `null` where one of the two has no such
/// print.
#[derive(Debug, Serialize)]
struct Near {
    url: String,
    site: String,
    title: String,
    text: Option<u32>,
    skeleton: Option<u32>,
    dom: Option<u32>,
    /// Masked template lines that both have.
    lines: usize,
}

/// One question goes through all codes: that takes a millisecond for a million of them, and an
/// index takes longer to build.
fn one(key: &str, within: u32, pages: &Pages<'_>) -> Result<Answer> {
    let target = Target::find(key, pages)?;
    let mut near: Vec<(Distances, PageKey)> = pages
        .codes
        .iter()
        .filter(|c| target.page != Some(c.page))
        .map(|c| (distances(target.codes, three(c)), c.page))
        .filter(|(d, _)| d.iter().flatten().any(|d| *d <= within))
        .collect();
    near.sort_unstable_by_key(|(d, page)| (rank(d), *page));
    let mut found: Vec<(Distances, Near)> = Vec::new();
    let mut rest = near.into_iter();
    for (distances, page) in rest.by_ref() {
        let Some(record) = (pages.record)(&page)? else {
            continue;
        };
        let [text, skeleton, dom] = distances;
        let shared = |hash: &&u64| target.lines.binary_search(hash).is_ok();
        found.push((
            distances,
            Near {
                lines: record.prints.lines.iter().filter(shared).count(),
                url: record.url,
                site: record.site.0,
                title: record.title,
                text,
                skeleton,
                dom,
            },
        ));
        if found.len() == NEAREST {
            break;
        }
    }
    found.sort_by(|(a, x), (b, y)| rank(a).cmp(&rank(b)).then_with(|| x.url.cmp(&y.url)));
    let found: Vec<Near> = found.into_iter().map(|(_, near)| near).collect();
    let text = match found.len() {
        0 => format!("no page is within {within} bits of it\n"),
        shown => table(&found) + &more(shown + rest.len()),
    };
    Answer::new(&found, text)
}

fn table(found: &[Near]) -> String {
    let mut table = Table::new(&["page", "text", "skeleton", "dom", "lines", "title"]);
    for near in found.iter().take(ROWS) {
        let cell = |d: Option<u32>| d.map_or("-".to_owned(), |d| d.to_string());
        table.row([
            near.url.clone(),
            cell(near.text),
            cell(near.skeleton),
            cell(near.dom),
            near.lines.to_string(),
            near.title.clone(),
        ]);
    }
    table.to_string()
}

/// What was left out of a table.
fn more(all: usize) -> String {
    match all.saturating_sub(ROWS) {
        0 => String::new(),
        n => format!("… and {n} more (--json lists the first {NEAREST})\n"),
    }
}

/// Pages with one template text, and how many are near them.
#[derive(Debug, Serialize)]
struct Text {
    text: String,
    pages: usize,
    near_codes: usize,
    near_pages: usize,
    /// One of the pages.
    url: String,
    site: String,
    title: String,
}

/// Template texts that more than one page has or is near to, most pages first.
fn all(within: u32, pages: &Pages<'_>) -> Result<Answer> {
    struct Group {
        page: PageKey,
        pages: usize,
        near_codes: usize,
        near_pages: usize,
    }
    let mut groups: HashMap<u64, Group> = HashMap::new();
    for codes in pages.codes.iter().filter(|c| c.text != 0) {
        let group = groups.entry(codes.text).or_insert(Group {
            page: codes.page,
            pages: 0,
            near_codes: 0,
            near_pages: 0,
        });
        group.pages += 1;
        group.page = group.page.min(codes.page);
    }
    let texts: Vec<u64> = groups.keys().copied().collect();
    let index = Index::build(&texts)?;
    index.pairs(within, |a, b| {
        let sizes = [a, b.code].map(|code| groups.get(&code).map_or(0, |g| g.pages));
        for (code, other) in [(a, sizes[1]), (b.code, sizes[0])] {
            if let Some(group) = groups.get_mut(&code) {
                group.near_codes += 1;
                group.near_pages += other;
            }
        }
    });
    let mut rows: Vec<(u64, Group)> = groups
        .into_iter()
        .filter(|(_, g)| g.pages > 1 || g.near_codes > 0)
        .collect();
    rows.sort_by_key(|(code, g)| (std::cmp::Reverse(g.pages + g.near_pages), *code));
    let company = rows.len();
    rows.truncate(NEAREST);
    let mut texts: Vec<Text> = Vec::with_capacity(rows.len());
    for (code, group) in rows {
        let Some(record) = (pages.record)(&group.page)? else {
            continue;
        };
        texts.push(Text {
            text: hex(code),
            pages: group.pages,
            near_codes: group.near_codes,
            near_pages: group.near_pages,
            url: record.url,
            site: record.site.0,
            title: record.title,
        });
    }
    let mut table = Table::new(&["text", "pages", "near pages", "one of them", "title"]);
    for t in texts.iter().take(ROWS) {
        table.row([
            t.text.clone(),
            t.pages.to_string(),
            t.near_pages.to_string(),
            t.url.clone(),
            t.title.clone(),
        ]);
    }
    let text = if texts.is_empty() {
        format!("no two pages have template texts within {within} bits of each other\n")
    } else {
        table.to_string() + &more(company)
    };
    Answer::new(&texts, text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::graph::testing::hot;

    /// Pages with these codes of text, the first with the address `/0`, in an order.
    fn pages(texts: &[u64], order: &[usize]) -> Pages<'static> {
        let record = |i: usize| {
            let mut record = hot("a.example", &i.to_string()).0;
            record.prints.text = texts[i];
            let key = CanonicalUrl::parse(&record.url).unwrap().key();
            (key, record)
        };
        let records: Vec<(PageKey, Record)> = order.iter().map(|i| record(*i)).collect();
        let codes = records.iter().map(|(key, r)| Codes::of(*key, r));
        Pages::new(codes.collect(), move |wanted| {
            let found = records.iter().find(|(key, _)| key == wanted);
            Ok(found.map(|(_, record)| record.clone()))
        })
    }

    /// Texts with few bits, so that many are near, and an order of them.
    fn some() -> impl Strategy<Value = (Vec<u64>, Vec<usize>)> {
        let text = (1..4096u64).prop_map(|bits| bits * 0x0010_0000_1001);
        prop::collection::vec(text, 1..40).prop_flat_map(|texts| {
            let order: Vec<usize> = (0..texts.len()).collect();
            (Just(texts), Just(order).prop_shuffle())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_order_of_pages_never_matters((texts, order) in some(), within in 0..=MAX_DISTANCE) {
            let straight: Vec<usize> = (0..texts.len()).collect();
            let (one, other) = (pages(&texts, &straight), pages(&texts, &order));
            for key in [None, Some("http://a.example/0")] {
                let answers = [&one, &other].map(|pages| run(key, within, pages).unwrap());
                prop_assert_eq!(&answers[0], &answers[1]);
            }
        }

        #[test]
        fn all_pairs_are_those_of_brute_force((texts, order) in some(), within in 0..=MAX_DISTANCE) {
            let answer = run(None, within, &pages(&texts, &order)).unwrap();
            let mut distinct = texts.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let mut told = 0;
            for line in answer.json_lines() {
                let line: Value = serde_json::from_str(line).unwrap();
                let text = u64::from_str_radix(line["text"].as_str().unwrap(), 16).unwrap();
                let near = |t: &&u64| **t != text && (**t ^ text).count_ones() <= within;
                let count = |name: &str| line[name].as_u64().unwrap() as usize;
                prop_assert_eq!(count("near_codes"), distinct.iter().filter(near).count());
                prop_assert_eq!(count("near_pages"), texts.iter().filter(near).count());
                prop_assert_eq!(count("pages"), texts.iter().filter(|t| **t == text).count());
                told += 1;
            }
            let company = |t: &&u64| {
                texts.iter().filter(|o| (*o ^ **t).count_ones() <= within).count() > 1
            };
            prop_assert_eq!(told, distinct.iter().filter(company).count());
        }
    }
}
