//! Servers as they showed themselves, and how pages looked to other visitors.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::IpAddr;

use serde::Serialize;

use crate::page::{Certificate, Profile};
use crate::record::json::rfc3339;
use crate::record::{Difference, Record};
use crate::text::{clip, visible};

use super::day;

/// Things of one kind that are kept of a site.
const MAX_KEPT: usize = 32;
/// Of these, shown in text.
const SHOWN: usize = 8;

/// What the servers of one site told on all its pages.
#[derive(Debug, Default, Serialize)]
pub(super) struct OfSite {
    addresses: BTreeSet<IpAddr>,
    certificates: BTreeMap<String, CertificateLine>,
    /// `name: value`
    headers: BTreeSet<String>,
    /// Pages that other visitors were shown otherwise.
    cloaked: Vec<Cloaked>,
    /// Pages that were fetched as other visitors, too.
    visited: u32,
}

#[derive(Debug, Serialize)]
struct CertificateLine {
    names: Vec<String>,
    names_left_out: u32,
    issuer: String,
    not_before: String,
    not_after: String,
    self_signed: bool,
}

#[derive(Debug, Serialize)]
struct Cloaked {
    url: String,
    profile: Profile,
    differs: Vec<Difference>,
    numbers: Vec<String>,
    redirect: Option<String>,
}

impl OfSite {
    pub fn add(&mut self, record: &Record) {
        let connection = &record.served.connection;
        if self.addresses.len() < MAX_KEPT {
            self.addresses.extend(connection.ip);
        }
        if let Some(c) = &connection.certificate
            && self.certificates.len() < MAX_KEPT
        {
            let line = || CertificateLine {
                names: c.names.clone(),
                names_left_out: c.names_left_out,
                issuer: c.issuer.clone(),
                not_before: rfc3339(c.not_before),
                not_after: rfc3339(c.not_after),
                self_signed: c.self_signed,
            };
            self.certificates
                .entry(c.sha256.clone())
                .or_insert_with(line);
        }
        for (name, value) in &record.served.headers {
            if self.headers.len() < MAX_KEPT {
                self.headers.insert(format!("{name}: {value}"));
            }
        }
        self.visited += u32::from(!record.visits.is_empty());
        for visit in record.visits.iter().filter(|v| !v.differs.is_empty()) {
            if self.cloaked.len() < MAX_KEPT {
                self.cloaked.push(Cloaked {
                    url: record.url.clone(),
                    profile: visit.profile,
                    differs: visit.differs.clone(),
                    numbers: visit.numbers.clone(),
                    redirect: visit.redirect.clone(),
                });
            }
        }
    }

    /// A few lines; none where nothing is known.
    pub fn text(&self) -> String {
        let mut out = String::new();
        if !self.addresses.is_empty() {
            let all: Vec<String> = self.addresses.iter().map(ToString::to_string).collect();
            line(&mut out, "addresses", &all);
        }
        for (sha256, c) in self.certificates.iter().take(SHOWN) {
            let names = list(&c.names);
            let _ = writeln!(
                out,
                "certificate {}… for {} until {}, {}",
                clip(&visible(sha256), 16).trim_end_matches('…'),
                visible(&names),
                c.not_after.split('T').next().unwrap_or_default(),
                issued(&c.issuer, c.self_signed),
            );
        }
        if !self.headers.is_empty() {
            let all: Vec<String> = self.headers.iter().cloned().collect();
            line(&mut out, "headers", &all);
        }
        for c in self.cloaked.iter().take(SHOWN) {
            let _ = writeln!(
                out,
                "shows another page to the {} visitor ({}): {}",
                c.profile.as_str(),
                differences(&c.differs, &c.numbers, c.redirect.as_deref()),
                visible(&c.url)
            );
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out
    }
}

fn line(out: &mut String, what: &str, all: &[String]) {
    let _ = writeln!(out, "{what}: {}", visible(&list(all)));
}

/// The first few, and that there are more.
fn list(all: &[String]) -> String {
    let mut shown = all
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if all.len() > SHOWN {
        let _ = write!(shown, "… {} in all", all.len());
    }
    shown
}

fn issued(issuer: &str, self_signed: bool) -> String {
    match self_signed {
        true => "self-signed".to_owned(),
        false => format!("issued by {}", visible(issuer)),
    }
}

fn differences(differs: &[Difference], numbers: &[String], redirect: Option<&str>) -> String {
    let names: Vec<&str> = differs.iter().map(|d| d.as_str()).collect();
    let mut text = names.join(", ");
    if differs.contains(&Difference::Numbers) && !numbers.is_empty() {
        let _ = write!(text, "; shown to this visitor only: {}", numbers.join(", "));
    }
    if let Some(to) = redirect.filter(|_| differs.contains(&Difference::Redirect)) {
        let _ = write!(text, "; sent to {to}");
    }
    visible(&text).into_owned()
}

/// The server of one page, and the page as other visitors were shown it.
pub(super) fn text(record: &Record) -> String {
    let mut out = String::new();
    let served = &record.served;
    if let Some(ip) = served.connection.ip {
        let _ = writeln!(out, "address {ip}");
    }
    if let Some(c) = &served.connection.certificate {
        out.push_str(&certificate(c));
    }
    for (name, value) in &served.headers {
        let _ = writeln!(out, "{name}: {}", visible(value));
    }
    for visit in &record.visits {
        let bits = |b: Option<u8>| b.map_or("-".to_owned(), |b| b.to_string());
        let differs = match visit.differs.as_slice() {
            [] => String::new(),
            some => format!(
                "; ANOTHER PAGE: {}",
                differences(some, &visit.numbers, visit.redirect.as_deref())
            ),
        };
        let _ = writeln!(
            out,
            "visitor {}: status {}, text {} skeleton {} markup {} bits off, hotline {:.2}{differs}",
            visit.profile.as_str(),
            visit.status,
            bits(visit.text),
            bits(visit.skeleton),
            bits(visit.dom),
            visit.hotline,
        );
    }
    if !out.is_empty() {
        out.insert(0, '\n');
    }
    out
}

fn certificate(c: &Certificate) -> String {
    format!(
        "certificate {} for {}, {} to {}, {}\n",
        visible(&c.sha256),
        visible(&list(&c.names)),
        day(c.not_before),
        day(c.not_after),
        issued(&c.issuer, c.self_signed),
    )
}
