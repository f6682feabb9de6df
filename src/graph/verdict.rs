//! Which numbers may link sites, and what to say about each.
//!
//! A number shows the hand that answers it, except where it was put on a page for another
//! reason: a brand's own number cited to look genuine, a public short code, a number that news
//! or an innocent shop shows, one that many operators quote. Those keep their place in the
//! graph, with a label, and link nothing.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use crate::extract::number::Kind;
use crate::lists::OfficialNumbers;

use super::account::common_ids;
use super::facts::{Facts, SiteFacts};
use super::kit::Kits;
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

/// First status of every number, from lists, kind and background.
pub(super) fn classify(facts: &mut Facts, official: &OfficialNumbers) {
    for number in &mut facts.numbers {
        number.status = if official.brand_of(&number.digits).is_some() {
            Status::Official
        } else if number.kind == Kind::Short {
            Status::Public
        } else if is_innocents(number) {
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
    let outweighed = number.serves_many() && number.solid_sites >= number.owner_sites * 3;
    if number.own_sites == 0 {
        number.background_sites > 0
    } else {
        number.owner_sites > 0 && !outweighed
    }
}

/// Who answers a number leads with it; most of these sites lead with another.
fn is_cited(number: &NumberNode) -> bool {
    number.own_sites > 0
        && number.passing_sites > number.own_sites
        && (number.solid_sites == 0 || number.is_bound())
}

/// How many different brands the names stand for: a name that contains another is the same.
pub(super) fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> u32 {
    let mut kept: Vec<String> = Vec::new();
    let mut all: Vec<String> = names.take(BRANDS).map(str::to_lowercase).collect();
    all.sort_by(|a, b| (a.chars().count(), a).cmp(&(b.chars().count(), b)));
    for name in all {
        if !kept.iter().any(|k| name.contains(k.as_str())) {
            kept.push(name);
        }
    }
    kept.len() as u32
}

/// Second look, once kits are known: a number of one brand on sites that share nothing else.
pub(super) fn suspect(facts: &mut Facts, kits: &Kits) {
    let common = common_ids(facts);
    let mut holders: Vec<Vec<u32>> = vec![Vec::new(); facts.numbers.len()];
    for (index, site) in facts.sites.iter().enumerate() {
        for own in site.own() {
            holders[own.number as usize].push(index as u32);
        }
    }
    for (number, sites) in facts.numbers.iter_mut().zip(holders) {
        let mut families: Vec<u32> = sites
            .iter()
            .filter_map(|&s| kits.of_site[s as usize])
            .collect();
        let made = families.len();
        families.sort_unstable();
        families.dedup();
        number.kits = families.len() as u32;
        let alone = families.len() == made && !share_ids(&sites, &facts.sites, &common);
        if number.status == Status::Clean && number.is_bound() && sites.len() >= 2 && alone {
            number.status = Status::OneBrand;
        }
    }
}

fn share_ids(sites: &[u32], all: &[SiteFacts], common: &HashSet<u32>) -> bool {
    let mut seen = BTreeSet::new();
    sites
        .iter()
        .flat_map(|&s| &all[s as usize].ids)
        .any(|id| !common.contains(id) && !seen.insert(id))
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
            (Answer::Shared, 0.05)
        }
        Status::Background => background_answer(number, &mut why),
        Status::Cited => {
            why.push(
                "sites that sell other numbers show it too: it is cited, not theirs".to_owned(),
            );
            (Answer::Shared, 0.25)
        }
        Status::OneBrand => {
            why.push(format!(
                "one brand only, on {} that share nothing else: it may be the brand's own",
                count(number.own_sites, "site")
            ));
            (Answer::Unknown, 0.4)
        }
        Status::Clean => clean_answer(graph, index, &mut why),
    };
    common_reasons(number, &mut why);
    Verdict {
        score: (score * 1000.0).round() / 1000.0,
        answer,
        why,
    }
}

fn background_answer(number: &NumberNode, why: &mut Vec<String>) -> (Answer, f64) {
    let cold = count(number.background_sites, "site");
    why.push(format!(
        "{cold} without hotline pages {} it",
        shows(number.background_sites)
    ));
    let claimed = number.own_sites > 0;
    if number.own_sites > 1 && number.serves_many() {
        let brands = count(number.brands, "different brand");
        why.push(format!("but hotline pages claim {brands} with it"));
        return (Answer::Spam, 0.55);
    }
    let score = match number.brands {
        _ if !claimed => 0.08,
        0 | 1 => 0.3,
        _ => 0.45,
    };
    let shared = number.background_sites > 1;
    (
        if shared {
            Answer::Shared
        } else {
            Answer::Unknown
        },
        score,
    )
}

fn clean_answer(graph: &Graph, index: u32, why: &mut Vec<String>) -> (Answer, f64) {
    let number = &graph.numbers[index as usize];
    if number.own_sites == 0 {
        why.push("no hotline site stands behind it: it is shown in passing".to_owned());
        return (
            if number.sites > 1 {
                Answer::Shared
            } else {
                Answer::Unknown
            },
            0.3,
        );
    }
    // Independent signs: the doubt that each leaves is multiplied.
    let mut doubt = 1.0;
    let own = graph.sites_of(index).iter().filter_map(|&s| {
        let site = &graph.sites[s as usize];
        site.numbers
            .iter()
            .find(|n| n.number == index && n.own)
            .map(|n| (site, n))
    });
    let (mut hottest, mut prominent) = (0.0f32, 0u32);
    for (site, held) in own {
        hottest = hottest.max(site.hotline);
        prominent += u32::from(held.prominent);
    }
    doubt *= 1.0 - 0.5 * f64::from(hottest);
    if number.brands > 1 {
        why.push(format!(
            "{} claimed with one number",
            count(number.brands, "different brand")
        ));
        doubt *= if number.brands > 2 { 0.3 } else { 0.6 };
    }
    if number.own_sites > 1 {
        why.push(format!(
            "{} stand behind it",
            count(number.own_sites, "hotline site")
        ));
        doubt *= if number.own_sites > 3 { 0.4 } else { 0.6 };
    } else {
        why.push("one hotline site stands behind it".to_owned());
    }
    if let Some(network) = number.network {
        let network = &graph.networks[network as usize];
        why.push(format!("it belongs to network {}", network.id));
        doubt *= 0.7;
    }
    if prominent > 0 {
        why.push(format!(
            "in a title, in a call button, or repeated on {}",
            count(prominent, "site")
        ));
        doubt *= 0.85;
    }
    let score = 1.0 - doubt;
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
