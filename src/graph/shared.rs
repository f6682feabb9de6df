//! What the members of a group share, piece by piece, each with its sentence.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::account::common_ids;
use super::background::{Background, Token};
use super::evidence::{Evidence, EvidenceKind, number_bits, token_bits, token_kind};
use super::facts::{Facts, SiteFacts};
use super::kit::NEAR;
use super::verdict::count;

/// No more pieces of evidence of one kind are shown for one group.
pub(super) const SHOWN: usize = 24;
/// Template texts of a group that are compared with each other.
const TEXTS: usize = 256;

/// Finds shared evidence.
pub(super) struct Shared<'a> {
    facts: &'a Facts,
    background: &'a Background,
    /// Identifiers that the innocent share.
    common: HashSet<u32>,
}

impl<'a> Shared<'a> {
    pub fn new(facts: &'a Facts, background: &'a Background) -> Self {
        Shared {
            facts,
            background,
            common: common_ids(facts),
        }
    }

    fn site(&self, site: u32) -> &SiteFacts {
        &self.facts.sites[site as usize]
    }

    pub fn number_evidence(&self, index: u32, sites: &[u32]) -> Evidence {
        let number = &self.facts.numbers[index as usize];
        let bits = number_bits(number, self.background);
        let quoted = match number.background_sites {
            0 => "no site without hotline pages shows it".to_owned(),
            1 => "only 1 site without hotline pages quotes it".to_owned(),
            n => format!("only {n} sites without hotline pages quote it"),
        };
        Evidence {
            kind: EvidenceKind::Number,
            value: number.digits.clone(),
            sites: sites.to_vec(),
            bits: round(bits),
            why: format!(
                "{} this number as its own hotline, and {quoted}.",
                match sites.len() {
                    1 => "1 site sells".to_owned(),
                    n => format!("each of {n} sites sells"),
                }
            ),
        }
    }

    pub fn shared_ids(&self, sites: &[u32]) -> Vec<Evidence> {
        let mut held: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &site in sites {
            for &id in self
                .site(site)
                .ids
                .iter()
                .filter(|id| !self.common.contains(id))
            {
                held.entry(id).or_default().push(site);
            }
        }
        let mut shared: Vec<_> = held.into_iter().filter(|(_, s)| s.len() > 1).collect();
        shared.sort_by_key(|(id, s)| (Reverse(s.len()), *id));
        shared.truncate(SHOWN);
        shared
            .into_iter()
            .map(|(id, sites)| {
                let (class, value) = self.facts.ids[id as usize]
                    .split_once('\t')
                    .unwrap_or_default();
                let kind = EvidenceKind::of_class(class);
                let what = match kind {
                    EvidenceKind::Tracker => "report to this account at a third party",
                    EvidenceKind::Verification => "prove their ownership with this code",
                    EvidenceKind::Contact => "give this contact",
                    _ => "claim this filing owner",
                };
                let why = format!(
                    "{} {what}, and no site without hotline pages does.",
                    count(sites.len() as u32, "site")
                );
                Evidence {
                    kind,
                    value: value.to_owned(),
                    sites,
                    bits: kind.cap(),
                    why,
                }
            })
            .collect()
    }

    pub fn shared_tokens(&self, sites: &[u32]) -> Vec<Evidence> {
        let mut postings: Vec<(Token, u32)> = Vec::new();
        for &site in sites {
            postings.extend(self.site(site).tokens.iter().map(|&t| (t, site)));
        }
        postings.sort_unstable();
        let mut found = Vec::new();
        for list in postings.chunk_by(|a, b| a.0 == b.0) {
            let token = list[0].0;
            if list.len() > 1 && token_bits(token, self.background) > 0.0 {
                found.push((token, list));
            }
        }
        found.sort_by_key(|(token, list)| (token_kind(*token), Reverse(list.len()), *token));
        let mut shown: Vec<Evidence> = Vec::new();
        for kind in found.chunk_by(|a, b| token_kind(a.0) == token_kind(b.0)) {
            for (token, list) in kind.iter().take(SHOWN) {
                shown.push(self.token_evidence(*token, list.iter().map(|p| p.1).collect()));
            }
        }
        if !shown.iter().any(|e| e.kind == EvidenceKind::Text) {
            shown.extend(self.near_text(&postings));
        }
        shown
    }

    fn token_evidence(&self, token: Token, sites: Vec<u32>) -> Evidence {
        let (kind, hash) = match token {
            Token::Line(h) => ("show one template line", h),
            Token::Region(h) => ("show one list of places, word for word", h),
            Token::Skeleton(h) => ("put their lines in one order of roles", h),
            Token::Text(h) => (
                "have one template text once brand, number and places are masked",
                h,
            ),
            Token::Dom(h) => ("are built from one tree of tags", h),
        };
        let cold = match self.background.sites() {
            0 => "no site without hotline pages is known".to_owned(),
            n => format!(
                "{} of {} without hotline pages {}",
                self.background.count(token),
                count(n, "site"),
                if self.background.count(token) == 1 {
                    "does"
                } else {
                    "do"
                }
            ),
        };
        let why = format!("{} {kind}; {cold}.", count(sites.len() as u32, "site"));
        Evidence {
            kind: token_kind(token),
            value: format!("{hash:016x}"),
            sites,
            bits: round(token_bits(token, self.background)),
            why,
        }
    }

    /// The template text that most sites are near to, where no two are equal.
    fn near_text(&self, postings: &[(Token, u32)]) -> Option<Evidence> {
        let texts: Vec<(u64, u32)> = postings
            .iter()
            .filter_map(|&(token, site)| match token {
                Token::Text(code) => Some((code, site)),
                _ => None,
            })
            .take(TEXTS)
            .collect();
        let near = |code: u64| -> BTreeSet<u32> {
            texts
                .iter()
                .filter(|t| (t.0 ^ code).count_ones() <= NEAR)
                .map(|t| t.1)
                .collect()
        };
        let (code, sites) = texts
            .iter()
            .map(|&(code, _)| (code, near(code)))
            .max_by_key(|(code, sites)| (sites.len(), Reverse(*code)))
            .filter(|(_, sites)| sites.len() > 1)?;
        let bits = self
            .background
            .bits_of_count(0)
            .min(EvidenceKind::Text.cap());
        Some(Evidence {
            kind: EvidenceKind::Text,
            value: format!("{code:016x}"),
            why: format!(
                "{} have template texts within {NEAR} bits of 64 of each other once brand, number and places are masked.",
                count(sites.len() as u32, "site")
            ),
            sites: sites.into_iter().collect(),
            bits: round(bits),
        })
    }
}

fn round(bits: f64) -> f64 {
    (bits * 10.0).round() / 10.0
}
