//! A record in the form that users script against: one line of `extract`, and `query page`.

use std::net::IpAddr;

use serde::Serialize;

use super::{Record, Visit};
use crate::extract::charset::{Charset, Source};
use crate::extract::hotline::Hotline;
use crate::extract::identifier::Tracker;
use crate::extract::number::{Kind, NumberFact, Place, Spot};
use crate::page::Certificate;

/// The JSON object of a page. Fields are only ever added.
#[derive(Debug, Serialize)]
pub struct PageJson<'r> {
    pub url: &'r str,
    pub title: &'r str,
    pub phones: Vec<PhoneJson<'r>>,
    pub brands: Vec<BrandJson<'r>>,
    /// Filing numbers as claimed.
    pub icp: Vec<&'r str>,
    pub trackers: Vec<AccountJson<'r>>,
    pub prints: PrintsJson,
    pub article: Option<String>,
    pub hotline: &'r Hotline,
    pub site: &'r str,
    pub status: u16,
    /// RFC 3339, UTC.
    pub fetched_at: String,
    #[serde(flatten)]
    pub charset: CharsetJson<'r>,
    pub contacts: Vec<AccountJson<'r>>,
    pub filings: Vec<FilingJson<'r>>,
    pub leaks: &'r [String],
    pub redirect: Option<&'r str>,
    /// Something was left out at a limit.
    pub cut: bool,
    #[serde(flatten)]
    pub served: ServedJson<'r>,
}

#[derive(Debug, Serialize)]
pub struct AccountJson<'r> {
    pub kind: &'r str,
    pub id: &'r str,
    /// Exact text of the page; null where it was not kept.
    pub text: Option<&'r str>,
}

#[derive(Debug, Serialize)]
pub struct FilingJson<'r> {
    pub number: &'r str,
    /// The number without `-N`.
    pub owner: &'r str,
    /// Exact text of the page; null where it was not kept.
    pub text: Option<&'r str>,
}

fn accounts<'r>(accounts: &'r [Tracker], quotes: &'r [String]) -> Vec<AccountJson<'r>> {
    let with_text = |(at, account): (usize, &'r Tracker)| AccountJson {
        kind: &account.kind,
        id: &account.id,
        text: quotes.get(at).map(String::as_str),
    };
    accounts.iter().enumerate().map(with_text).collect()
}

/// How the page was decoded.
#[derive(Debug, Serialize)]
pub struct CharsetJson<'r> {
    pub charset: &'r str,
    /// What it was known by.
    pub charset_source: Source,
    /// Some bytes were no characters of it.
    pub charset_malformed: bool,
}

impl<'r> From<&'r Charset> for CharsetJson<'r> {
    fn from(charset: &'r Charset) -> Self {
        CharsetJson {
            charset: &charset.name,
            charset_source: charset.source,
            charset_malformed: charset.malformed,
        }
    }
}

/// The server as it showed itself, and how the page looked to other visitors.
#[derive(Debug, Serialize)]
pub struct ServedJson<'r> {
    pub ip: Option<IpAddr>,
    pub certificate: Option<CertificateJson<'r>>,
    pub headers: Vec<HeaderJson<'r>>,
    pub visits: &'r [Visit],
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CertificateJson<'r> {
    pub sha256: &'r str,
    pub names: &'r [String],
    pub names_left_out: u32,
    pub issuer: &'r str,
    /// RFC 3339, UTC.
    pub not_before: String,
    pub not_after: String,
    pub self_signed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct HeaderJson<'r> {
    pub name: &'r str,
    pub value: &'r str,
}

impl<'r> From<&'r Certificate> for CertificateJson<'r> {
    fn from(c: &'r Certificate) -> Self {
        CertificateJson {
            sha256: &c.sha256,
            names: &c.names,
            names_left_out: c.names_left_out,
            issuer: &c.issuer,
            not_before: rfc3339(c.not_before),
            not_after: rfc3339(c.not_after),
            self_signed: c.self_signed,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct PhoneJson<'r> {
    pub number: &'r str,
    pub kind: Kind,
    pub e164: Option<&'r str>,
    /// Distinct surface forms.
    pub raw: &'r [String],
    pub count: u32,
    #[serde(rename = "where")]
    pub places: &'r [Place],
    pub extensions: &'r [String],
    /// Occurrences, with their byte offset in the decoded page.
    pub spots: &'r [Spot],
}

#[derive(Debug, Serialize)]
pub struct BrandJson<'r> {
    pub brand: &'r str,
    pub category: Option<&'r str>,
    pub count: u32,
    pub categories: &'r [String],
    pub aliases: &'r [String],
}

/// Fingerprints as 16 hexadecimal digits.
#[derive(Debug, Serialize)]
pub struct PrintsJson {
    pub text: String,
    pub skeleton: String,
    pub skeleton_near: String,
    pub dom: Option<String>,
    pub lines: Vec<String>,
    pub regions: Vec<String>,
}

/// A 64-bit code as users see it.
pub fn hex(code: u64) -> String {
    format!("{code:016x}")
}

/// Seconds since the epoch as RFC 3339 in UTC; clamped to what the format can say.
pub fn rfc3339(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds);
    time.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

impl Record {
    /// The contract's object for this page.
    pub fn json(&self) -> PageJson<'_> {
        PageJson {
            url: &self.url,
            title: &self.title,
            phones: self.numbers.iter().map(phone).collect(),
            brands: self
                .brands
                .iter()
                .map(|b| BrandJson {
                    brand: &b.brand,
                    category: b.category.as_deref(),
                    count: b.count,
                    categories: &b.categories,
                    aliases: &b.aliases,
                })
                .collect(),
            icp: self
                .identifiers
                .filings
                .iter()
                .map(|f| f.text.as_str())
                .collect(),
            trackers: accounts(&self.identifiers.trackers, &self.quotes.trackers),
            prints: PrintsJson {
                text: hex(self.prints.text),
                skeleton: hex(self.prints.skeleton),
                skeleton_near: hex(self.prints.skeleton_near),
                dom: self.prints.dom.map(hex),
                lines: self.prints.lines.iter().copied().map(hex).collect(),
                regions: self.prints.regions.iter().copied().map(hex).collect(),
            },
            article: self.prints.article.map(hex),
            hotline: &self.hotline,
            site: self.site.as_str(),
            status: self.status,
            fetched_at: rfc3339(self.fetched_at),
            charset: (&self.charset).into(),
            contacts: accounts(&self.identifiers.contacts, &self.quotes.contacts),
            filings: self.filings_json(),
            leaks: &self.identifiers.leaks,
            redirect: self.redirect.as_deref(),
            cut: self.cut,
            served: self.served_json(),
        }
    }

    fn filings_json(&self) -> Vec<FilingJson<'_>> {
        let quote = |at: usize| self.quotes.filings.get(at).map(String::as_str);
        let filings = self.identifiers.filings.iter().enumerate();
        filings
            .map(|(at, filing)| FilingJson {
                number: &filing.text,
                owner: &filing.owner,
                text: quote(at),
            })
            .collect()
    }

    /// What its server told, and other visitors were shown.
    pub fn served_json(&self) -> ServedJson<'_> {
        let connection = &self.served.connection;
        let headers = self.served.headers.iter();
        ServedJson {
            ip: connection.ip,
            certificate: connection.certificate.as_deref().map(Into::into),
            headers: headers
                .map(|(name, value)| HeaderJson { name, value })
                .collect(),
            visits: &self.visits,
        }
    }
}

fn phone(number: &NumberFact) -> PhoneJson<'_> {
    PhoneJson {
        number: &number.number,
        kind: number.kind,
        e164: number.e164.as_deref(),
        raw: &number.raw,
        count: number.count,
        places: &number.places,
        extensions: &number.extensions,
        spots: &number.spots,
    }
}
