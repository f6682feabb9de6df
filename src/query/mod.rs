//! Answers to questions about the store, for programs (JSON Lines) and for people (tables).
//!
//! | question | where |
//! | --- | --- |
//! | which sites are one hand? | [`network`] |
//! | is this the brand's number? | [`number`] |
//! | what is on this site, and who are its neighbours? | [`site`] |
//! | who claims this brand? | [`brand`] |
//! | which sites did one generator make? | [`template`] |
//! | what is on this page, and which pages are like it? | [`page`] |
//! | which pages are near-duplicates? | [`near`] |

pub mod brand;
pub mod json;
pub mod near;
mod nearest;
pub mod network;
pub mod number;
pub mod page;
mod served;
pub mod site;
pub mod template;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::graph::{Builder, Claim, Graph};
use crate::lists::Lists;
use crate::record::Record;
use crate::text::visible;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Network,
    Number,
    Site,
    Brand,
    Template,
    Page,
}

/// A stream of records.
pub type Records<'a> = Box<dyn Iterator<Item = Result<Record>> + 'a>;

/// What questions are asked of: the graph, and a way to go through the records that it was built
/// from, which need not fit in memory.
pub struct View<'a> {
    pub graph: Graph,
    scan: Box<dyn Fn() -> Result<Records<'a>> + 'a>,
}

impl<'a> View<'a> {
    /// Goes through the records once and builds the graph.
    pub fn new(lists: &Lists, scan: impl Fn() -> Result<Records<'a>> + 'a) -> Result<Self> {
        let mut builder = Builder::new(lists);
        for record in scan()? {
            builder.add(&record?);
        }
        Ok(View {
            graph: builder.build(),
            scan: Box::new(scan),
        })
    }

    /// The records that count for the graph, in the order of the source.
    pub fn records(&self) -> Result<Records<'_>> {
        let counts = |r: &Result<Record>| r.as_ref().map_or(true, Builder::counts);
        Ok(Box::new(self.every_record()?.filter(counts)))
    }

    /// Those that do not count too: redirects, and answers that are no page.
    fn every_record(&self) -> Result<Records<'_>> {
        Ok(Box::new((self.scan)()?.map(|record| {
            let mut record = record?;
            self.graph.settle(&mut record);
            Ok(record)
        })))
    }
}

/// An answer in both forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    lines: Vec<String>,
    text: String,
}

impl Answer {
    fn new<T: Serialize>(items: &[T], text: String) -> Result<Answer> {
        let line = |item| {
            json::line(item)
                .map_err(|e| Error::Failed(format!("cannot write an answer as JSON: {e}")))
        };
        let lines = items.iter().map(line).collect::<Result<_>>()?;
        Ok(Answer { lines, text })
    }

    /// One JSON object an item, without line ends.
    pub fn json_lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Answers one question. Without a key: everything of the kind, most important first. With one:
/// that in full; a key that names nothing in the store is an error that says so.
pub fn run(kind: Kind, key: Option<&str>, view: &View<'_>) -> Result<Answer> {
    match (kind, key) {
        (Kind::Network, None) => network::all(view),
        (Kind::Network, Some(key)) => network::one(view, key),
        (Kind::Number, None) => number::all(view),
        (Kind::Number, Some(key)) => number::one(view, key),
        (Kind::Site, None) => site::all(view),
        (Kind::Site, Some(key)) => site::one(view, key),
        (Kind::Brand, None) => brand::all(view),
        (Kind::Brand, Some(key)) => brand::one(view, key),
        (Kind::Template, None) => template::all(view),
        (Kind::Template, Some(key)) => template::one(view, key),
        (Kind::Page, None) => page::all(view),
        (Kind::Page, Some(key)) => page::one(view, key),
    }
}

/// Rows of a table for people; programs get all.
const ROWS: usize = 200;

/// What was left out of a table.
fn more(all: usize) -> String {
    match all.saturating_sub(ROWS) {
        0 => String::new(),
        n => format!("… and {n} more (--json lists all)\n"),
    }
}

/// RFC 3339 of seconds since the Unix epoch.
pub fn rfc3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_string()
}

/// The day of it, for tables.
fn day(seconds: i64) -> String {
    rfc3339(seconds).chars().take(10).collect()
}

/// `威诗迪 (智能锁, 指纹锁), 奥灯`, the first few.
fn brand_list(claims: &[Claim]) -> String {
    const SHOWN: usize = 6;
    let one = |c: &Claim| match c.categories.as_slice() {
        [] => c.brand.clone(),
        nouns => {
            let few: Vec<&str> = nouns.iter().take(3).map(String::as_str).collect();
            format!("{} ({})", c.brand, few.join(", "))
        }
    };
    let mut shown: Vec<String> = claims.iter().take(SHOWN).map(one).collect();
    if claims.len() > SHOWN {
        shown.push(format!("… {} in all", claims.len()));
    }
    shown.join(", ")
}

/// National digits of a number typed in any form.
pub fn digits_of(key: &str) -> String {
    if let Some((digits, _)) = crate::extract::number::normalise(key) {
        return digits;
    }
    // Not in the numbering plan; pages may show it all the same.
    key.chars()
        .filter_map(|c| match c {
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
            c => Some(c).filter(char::is_ascii_digit),
        })
        .collect()
}

/// The error for a key that names nothing.
fn unknown(kind: &str, key: &str) -> Error {
    Error::Failed(format!(
        "no {kind} {} in this state: `partyline query {kind}` lists those that are there",
        visible(key)
    ))
}
