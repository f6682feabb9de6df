//! Which numbers may link sites, and what to say about each.
//!
//! A number shows the hand that answers it, except where it was put on a page for another
//! reason: a brand's own number cited to look genuine, a public short code, a number that news
//! or an innocent shop shows, one that many operators quote. Those keep their place in the
//! graph, with a label, and link nothing.

use std::collections::HashSet;

use serde::Serialize;

use crate::extract::number::Kind;
use crate::lists::{OfficialNumbers, SpamNumbers};

use super::csr::Rows;
use super::facts::{Facts, Identifier, SiteFacts};
use super::kit::Kits;
use super::listed;
use super::odds::{self, Behind};
use super::{Graph, NumberNode};

/// Whether a number links the sites that stand behind it, and if not, why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    #[default]
    Clean,
    /// In the list of official numbers.
    Official,
    /// A short code: licensed, public, cited by anybody.
    Public,
    /// Innocent sites show it, and nothing outweighs that.
    Background,
    /// Several operators with numbers of their own show it.
    Cited,
    /// One brand, on sites that share nothing else: it may be the brand's own.
    OneBrand,
}

/// The four answers of the command-line contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    Spam,
    Official,
    Shared,
    Unknown,
}

impl Answer {
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Spam => "spam",
            Answer::Official => "official",
            Answer::Shared => "shared",
            Answer::Unknown => "unknown",
        }
    }
}

/// A judgement on a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// 0 (surely not) to 1 (surely a spam hotline).
    pub score: f64,
    pub answer: Answer,
    /// Each reason is a clause in English, weightiest first.
    pub why: Vec<String>,
}

/// Brands of one site or number that are looked at.
const BRANDS: usize = 64;

/// First status of every number, from lists, kind and background. What innocents seem to own is
/// a hotline of strangers all the same if the list of known spam says so.
pub(super) fn classify(facts: &mut Facts, official: &OfficialNumbers, spam: &SpamNumbers) {
    for (index, number) in (0u32..).zip(&mut facts.numbers) {
        let known = spam.source_of(&number.digits).is_some();
        if known {
            facts.known.push(index);
        }
        number.status = if official.brand_of(&number.digits).is_some() {
            Status::Official
        } else if number.kind == Kind::Short {
            Status::Public
        } else if !known && is_innocents(number) {
            Status::Background
        } else if is_cited(number) {
            Status::Cited
        } else {
            Status::Clean
        };
    }
}

/// An innocent site's own number, or one that only innocent sites show: unless hotline sites
/// sell it under so many brands that the site which seems to own it is one of theirs. Being
/// quoted by news clears no number.
fn is_innocents(number: &NumberNode) -> bool {
    let sellers = number.solid_sites.saturating_sub(number.firm_sites);
    let outweighed = number.serves_many() && sellers >= number.owners().max(2);
    if number.own_sites == 0 {
        number.background_sites > 0
    } else {
        number.owners() > 0 && !outweighed
    }
}

/// So many sites that show a number in passing, for each that stands behind it, and it leads few of
/// its pages: everybody cites it.
const EVERYWHERE: u32 = 10;

/// Who answers a number leads with it; most of these sites lead with another, or show it for one
/// brand alone.
fn is_cited(number: &NumberNode) -> bool {
    let passing = number.passing_sites > number.own_sites;
    // Where the pages' own numbers are not found it leads some of them.
    let everywhere = number.passing_sites >= number.own_sites.saturating_mul(EVERYWHERE)
        && number.claims.saturating_mul(3) < number.pages;
    number.own_sites > 0
        && if everywhere {
            true
        } else if number.solid_sites == 0 {
            passing || number.is_strictly_bound()
        } else {
            passing && number.is_bound()
        }
}

/// How many different brands the names stand for: a name that contains another is the same.
pub(super) fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> u32 {
    let mut names = names.peekable();
    let first = names.next();
    if names.peek().is_none() {
        return first.is_some().into();
    }
    let mut kept: Vec<String> = Vec::new();
    let mut all: Vec<String> = first
        .into_iter()
        .chain(names)
        .take(BRANDS)
        .map(str::to_lowercase)
        .collect();
    all.sort_by(|a, b| (a.chars().count(), a).cmp(&(b.chars().count(), b)));
    for name in all {
        if !kept.iter().any(|k| name.contains(k.as_str())) {
            kept.push(name);
        }
    }
    kept.len() as u32
}

/// Second look, once kits are known: a number of one brand on sites that share nothing else.
pub(super) fn suspect(facts: &mut Facts, kits: &Kits, owners: &Rows) {
    let Facts {
        numbers,
        sites: all,
        ids,
        known,
        ..
    } = facts;
    for ((index, sites), number) in owners.iter().zip(numbers) {
        if sites.is_empty() {
            continue;
        }
        let (families, made) = families(sites, kits);
        number.kits = families;
        let bound = number.is_bound() && number.top_claims >= 3;
        let is_known = known.binary_search(&index).is_ok();
        if number.status != Status::Clean || !bound || sites.len() < 2 || is_known {
            continue;
        }
        let strangers =
            |sites: &[u32], (n, made): (u32, u32)| n == made && !share_ids(sites, all, ids);
        if strangers(sites, (families, made)) {
            number.status = Status::OneBrand;
        } else if number.claims >= ENOUGH {
            // Others may cite it: those count that are about it.
            let about = |s: &&u32| all[**s as usize].is_about(index);
            let about: Vec<u32> = sites.iter().filter(about).copied().collect();
            if !about.is_empty() && strangers(&about, self::families(&about, kits)) {
                number.status = Status::OneBrand;
            }
        }
    }
}

/// Pages with a claim that leave little room for chance.
const ENOUGH: u32 = 6;

/// Kit families among sites, and how many of the sites are of one.
fn families(sites: &[u32], kits: &Kits) -> (u32, u32) {
    let of_site = |&s: &u32| kits.of_site[s as usize];
    let mut families: Vec<u32> = sites.iter().filter_map(of_site).collect();
    let made = families.len() as u32;
    families.sort_unstable();
    families.dedup();
    (families.len() as u32, made)
}

fn share_ids(sites: &[u32], all: &[SiteFacts], ids: &[Identifier]) -> bool {
    let mut seen = HashSet::new();
    sites
        .iter()
        .flat_map(|&s| &all[s as usize].traces.ids)
        .filter(|id| ids[**id as usize].kind != super::EvidenceKind::Ip)
        .any(|id| !ids[*id as usize].common && !seen.insert(id))
}

/// Weighs a number for the graph's users.
pub(super) fn judge(graph: &Graph, index: u32) -> Verdict {
    let number = &graph.numbers[index as usize];
    let mut why = Vec::new();
    let (answer, score) = match number.status {
        Status::Official => {
            why.push("it is in the list of official numbers".to_owned());
            (Answer::Official, 0.0)
        }
        Status::Public => {
            why.push("it is a public short code, which no throwaway site can rent".to_owned());
            (Answer::Shared, 0.03)
        }
        Status::Background => background_answer(number, &mut why),
        Status::Cited => {
            why.push(
                "sites that sell other numbers show it too: it is cited, not theirs".to_owned(),
            );
            (Answer::Shared, 0.12)
        }
        Status::OneBrand if listed::distrust(graph, index).is_none() => {
            why.push(format!(
                "one brand only, on {} that share nothing else: it may be the brand's own",
                count(number.own_sites, "site")
            ));
            (Answer::Unknown, 0.3)
        }
        Status::Clean | Status::OneBrand => clean_answer(graph, index, &mut why),
    };
    let (answer, score) = match graph.spam.source_of(&number.digits) {
        Some(source) => {
            why.insert(
                0,
                format!("it is in the list of known spam numbers, by {source}"),
            );
            (Answer::Spam, 1.0)
        }
        None => (answer, score),
    };
    common_reasons(number, &mut why);
    Verdict {
        score: (score * 1000.0).round() / 1000.0,
        answer,
        why,
    }
}

fn background_answer(number: &NumberNode, why: &mut Vec<String>) -> (Answer, f64) {
    let hot = number.own_sites + number.passing_sites;
    if number.owners() > 0 {
        let owners = count(number.owners(), "site");
        why.push(format!(
            "{owners} without hotline pages {} it as {} own number",
            shows(number.owners()),
            if number.owners() == 1 { "its" } else { "their" }
        ));
        if number.own_sites > 0 && number.serves_many() {
            let brands = count(number.brands, "different brand");
            why.push(format!("but hotline pages claim {brands} with it"));
            return (Answer::Unknown, 0.45);
        }
        if number.own_sites > 0 && number.owner_sites == 0 && number.kits > 0 {
            why.push("but they may only complain of it, and a kit's site sells it".to_owned());
            return (Answer::Unknown, 0.4);
        }
        if hot > 1 {
            why.push(format!("{} cite it", count(hot, "hotline site")));
            return (Answer::Official, 0.02);
        }
        return (Answer::Unknown, 0.05);
    }
    why.push(format!(
        "only sites without hotline pages show it: {}",
        count(number.background_sites, "site")
    ));
    let answer = if number.background_sites > 1 {
        Answer::Shared
    } else {
        Answer::Unknown
    };
    (answer, 0.1)
}

fn clean_answer(graph: &Graph, index: u32, why: &mut Vec<String>) -> (Answer, f64) {
    let number = &graph.numbers[index as usize];
    let sites = Behind::of(graph, index);
    if sites.count == 0 {
        why.push("no hotline site stands behind it: it is shown in passing".to_owned());
        let listed = number.listing_sites == number.sites;
        return (
            if number.sites > 1 {
                Answer::Shared
            } else {
                Answer::Unknown
            },
            if listed { 0.06 } else { 0.2 },
        );
    }
    let mut odds = odds::of(number, &sites);
    if number.brands > 1 {
        why.push(format!(
            "{} claimed with one number",
            count(number.brands, "different brand")
        ));
    }
    why.push(match sites.count {
        1 => "one hotline site stands behind it".to_owned(),
        n => format!("{} stand behind it", count(n, "hotline site")),
    });
    if let Some(network) = number.network {
        let network = &graph.networks[network as usize];
        why.push(format!("it belongs to network {}", network.id));
        odds += if network.sites.len() > 1 { 1.0 } else { 0.0 };
    }
    if sites.prominent > 0 {
        why.push(format!(
            "in a title, in a call button, or repeated on {}",
            count(sites.prominent, "site")
        ));
        odds += 0.5;
    }
    odds += listed::odds(graph, index, why);
    let score = 1.0 / (1.0 + (-odds).exp());
    (
        if score >= 0.5 {
            Answer::Spam
        } else {
            Answer::Unknown
        },
        score,
    )
}

fn common_reasons(number: &NumberNode, why: &mut Vec<String>) {
    if number.status == Status::Clean && number.background_sites > 0 {
        let quoted = count(number.background_sites, "site");
        why.push(format!("also quoted on {quoted} without hotline pages"));
    }
    if number.listing_sites > 0 && number.status != Status::Background {
        why.push(format!(
            "listed among many numbers on {}",
            count(number.listing_sites, "site")
        ));
    }
    if number.kits > 0 {
        why.push(format!(
            "on sites of {}",
            match number.kits {
                1 => "1 kit family".to_owned(),
                n => format!("{n} kit families"),
            }
        ));
    }
}

fn shows(n: u32) -> &'static str {
    if n == 1 { "shows" } else { "show" }
}

/// `1 site`, `2 sites`.
pub(crate) fn count(n: u32, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}
