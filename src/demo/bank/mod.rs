//! The words that the demo web is written with, all of them written for it.
//!
//! | words | where |
//! | --- | --- |
//! | brands (invented), product nouns, service words | [`names`] |
//! | places | [`places`] |
//! | promises, policies, questions | [`sentences`] |
//! | news articles | [`articles`] |
//! | other words for all but the places | [`second`] |

pub mod articles;
pub mod names;
pub mod places;
pub mod second;
pub mod sentences;

use super::kit;

/// A headline with its paragraphs.
type Topic = (&'static str, &'static [&'static str]);

/// A set of words to write a web with.
#[derive(Debug, PartialEq)]
pub struct Words {
    pub products: &'static [&'static str],
    pub goods: &'static [&'static str],
    pub syllables: &'static [&'static str],
    pub latin: &'static [&'static str],
    pub service: &'static [&'static str],
    pub line_tail: &'static [&'static str],
    pub title_tail: &'static [&'static str],
    pub people: &'static [&'static str],
    pub firm: &'static [&'static str],
    pub towns: &'static [&'static str],
    pub media: &'static [&'static str],
    pub warning: &'static [&'static str],
    pub heads: &'static [&'static str],
    pub first: &'static [&'static str],
    pub second: &'static [&'static str],
    pub result: &'static [&'static str],
    pub warranty: &'static [&'static str],
    pub boilerplate: &'static [&'static str],
    pub symptom: &'static [&'static str],
    pub check: &'static [&'static str],
    pub cause: &'static [&'static str],
    pub streets: &'static [&'static str],
    pub doubles: &'static [&'static str],
    pub singles: &'static [&'static str],
    pub phone_lines: &'static [&'static str],
    pub headers: &'static [&'static str],
    pub captions: &'static [&'static str],
    pub steps: &'static [&'static str],
    pub folders: &'static [&'static str],
    pub topics: &'static [Topic],
}

/// The words of the web that `partyline demo` shows.
pub static FIRST: Words = Words {
    products: names::PRODUCTS,
    goods: names::GOODS,
    syllables: names::SYLLABLES,
    latin: names::LATIN,
    service: names::SERVICE,
    line_tail: names::LINE_TAIL,
    title_tail: names::TITLE_TAIL,
    people: names::PEOPLE,
    firm: names::FIRM,
    towns: articles::TOWNS,
    media: articles::MEDIA,
    topics: articles::TOPICS,
    warning: articles::WARNING,
    heads: sentences::HEADS,
    first: sentences::FIRST,
    second: sentences::SECOND,
    result: sentences::RESULT,
    warranty: sentences::WARRANTY,
    boilerplate: sentences::BOILERPLATE,
    symptom: sentences::SYMPTOM,
    check: sentences::CHECK,
    cause: sentences::CAUSE,
    streets: places::STREETS,
    doubles: kit::DOUBLES,
    singles: kit::SINGLES,
    phone_lines: kit::PHONE_LINES,
    headers: kit::HEADERS,
    captions: kit::CAPTIONS,
    steps: kit::STEPS,
    folders: kit::FOLDERS,
};
