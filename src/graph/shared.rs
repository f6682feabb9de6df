//! What the members of a group share, piece by piece, each with its sentence. Worked out when a
//! group is shown: most never are.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::background::{Background, Token};
use super::csr::Rows;
use super::evidence::{Evidence, EvidenceKind, id_bits, number_bits, token_kind};
use super::facts::{Facts, Identifier, Traces};
use super::kit::NEAR;
use super::support;
use super::tokens::Tokens;
use super::verdict::count;
use super::{Graph, Kit, Network, NumberNode, SiteNode};

/// No more pieces of evidence of one kind are shown for one group.
const SHOWN: usize = 24;
/// Template texts of a group that are compared with each other.
const TEXTS: usize = 256;

/// What evidence is told from, beside the traces of the sites.
#[derive(Debug, Default)]
pub(super) struct Store {
    ids: Vec<Identifier>,
    tokens: Tokens,
    wordings: Vec<(u64, String)>,
    background: Background,
}

/// A token with the sites of a group that show it.
type Posting = (u32, Vec<u32>);

impl Store {
    /// Takes it out of the facts.
    pub fn of(facts: &mut Facts) -> Store {
        Store {
            ids: std::mem::take(&mut facts.ids),
            tokens: std::mem::take(&mut facts.tokens),
            wordings: std::mem::take(&mut facts.wordings),
            background: facts.background,
        }
    }
}

/// Sites with what they share.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    pub sites: &'a [SiteNode],
    pub store: &'a Store,
}

impl Held<'_> {
    fn site(&self, site: u32) -> &Traces {
        &self.sites[site as usize].traces
    }

    /// Those of the sites that sell a hotline, whose tokens are a generator's.
    fn hot(&self, sites: &[u32]) -> impl Iterator<Item = u32> {
        let hot = |s: &u32| self.sites[*s as usize].hot;
        sites.iter().copied().filter(hot)
    }

    /// Kinds of evidence that two of the sites share, numbers and links aside.
    pub fn kinds(&self, sites: &[u32]) -> BTreeSet<EvidenceKind> {
        let mut kinds: BTreeSet<EvidenceKind> = BTreeSet::new();
        kinds.extend(
            self.ids(sites)
                .iter()
                .map(|(id, _)| self.store.ids[*id as usize].kind),
        );
        let tokens = self.each_token(sites);
        for list in tokens.chunk_by(|a, b| a == b).filter(|l| l.len() > 1) {
            kinds.insert(token_kind(self.store.tokens.token(list[0])));
        }
        if !kinds.contains(&EvidenceKind::Text) && self.near_text(sites).is_some() {
            kinds.insert(EvidenceKind::Text);
        }
        kinds
    }

    /// The token that most of the sites share, the strongest of several.
    pub fn commonest(&self, sites: &[u32]) -> Option<Token> {
        let tokens = self.each_token(sites);
        let lists = tokens.chunk_by(|a, b| a == b).filter(|l| l.len() > 1);
        let best = lists.max_by(|a, b| {
            let (x, y) = (self.store.tokens.bits(a[0]), self.store.tokens.bits(b[0]));
            (a.len().cmp(&b.len()))
                .then(x.total_cmp(&y))
                .then(b[0].cmp(&a[0]))
        });
        best.map(|list| self.store.tokens.token(list[0]))
    }

    /// The tokens of all the sites, sorted, with repeats.
    fn each_token(&self, sites: &[u32]) -> Vec<u32> {
        let hot = self.hot(sites);
        let mut all: Vec<u32> = hot
            .flat_map(|s| self.store.tokens.of_site(s))
            .copied()
            .collect();
        all.sort_unstable();
        all
    }

    /// Identifiers that two of the sites carry, those of most sites first.
    fn ids(&self, sites: &[u32]) -> Vec<Posting> {
        let mut held: Vec<(u32, u32)> = Vec::new();
        for &site in sites {
            let ids = self.site(site).ids.iter();
            let own = ids.filter(|id| !self.store.ids[**id as usize].common);
            held.extend(own.map(|&id| (id, site)));
        }
        let mut shared = postings(held);
        shared.sort_by_key(|(id, s)| (Reverse(s.len()), *id));
        shared.truncate(SHOWN);
        shared
    }

    /// Tokens that two of the sites show, those of most sites first, so many of each kind.
    fn tokens(&self, sites: &[u32]) -> Vec<Posting> {
        let mut held: Vec<(u32, u32)> = Vec::new();
        for site in self.hot(sites) {
            held.extend(self.store.tokens.of_site(site).iter().map(|&t| (t, site)));
        }
        let mut found = postings(held);
        let kind = |p: &Posting| self.store.tokens.token(p.0).parts().0;
        found.sort_by_key(|p| (kind(p), Reverse(p.1.len()), p.0));
        let kinds = found.chunk_by(|a, b| kind(a) == kind(b));
        kinds.flat_map(|k| k.iter().take(SHOWN).cloned()).collect()
    }

    /// The template text that most sites are near to.
    fn near_text(&self, sites: &[u32]) -> Option<(u64, BTreeSet<u32>)> {
        let mut texts: Vec<(u64, u32)> = Vec::new();
        for site in self.hot(sites) {
            texts.extend(self.site(site).texts.iter().map(|&code| (code, site)));
        }
        texts.sort_unstable();
        texts.truncate(TEXTS);
        let near = |code: u64| -> BTreeSet<u32> {
            let near = texts.iter().filter(|t| (t.0 ^ code).count_ones() <= NEAR);
            near.map(|t| t.1).collect()
        };
        texts
            .iter()
            .map(|&(code, _)| (code, near(code)))
            .max_by_key(|(code, sites)| (sites.len(), Reverse(*code)))
            .filter(|(_, sites)| sites.len() > 1)
    }

    /// The sites that link to another of them and are linked to by it, in order.
    fn farm(&self, sites: &[u32]) -> Vec<u32> {
        let links = |from: u32, to: u32| self.site(from).links.binary_search(&to).is_ok();
        let mutual = |site: &u32| {
            let mut to = self.site(*site).links.iter();
            to.any(|&t| t != *site && sites.binary_search(&t).is_ok() && links(t, *site))
        };
        sites.iter().copied().filter(mutual).collect()
    }
}

/// Pairs of thing and site as lists of the things that several sites have, in order.
fn postings(mut held: Vec<(u32, u32)>) -> Vec<Posting> {
    held.sort_unstable();
    held.dedup();
    held.chunk_by(|a, b| a.0 == b.0)
        .filter(|list| list.len() > 1)
        .map(|list| (list[0].0, list.iter().map(|l| l.1).collect()))
        .collect()
}

/// Tells what is shared.
pub(super) struct Shared<'a> {
    store: &'a Store,
    held: Held<'a>,
    numbers: &'a [NumberNode],
    holders: &'a Rows,
    graph: &'a Graph,
}

impl<'a> Shared<'a> {
    pub fn new(graph: &'a Graph) -> Self {
        Shared {
            store: &graph.shared,
            held: Held {
                sites: &graph.sites,
                store: &graph.shared,
            },
            numbers: &graph.numbers,
            holders: &graph.holders,
            graph,
        }
    }

    pub fn of_network(&self, network: &Network) -> Vec<Evidence> {
        let mut all: Vec<Evidence> = Vec::new();
        for &number in &network.numbers {
            let sites = self.behind(number, &network.sites);
            if sites.len() > 1 && all.len() < SHOWN {
                all.push(self.number_evidence(number, sites));
            }
        }
        let ids = self.held.ids(&network.sites).into_iter();
        all.extend(ids.map(|(id, sites)| self.id_evidence(id, sites)));
        all.extend(self.token_evidence(&network.sites));
        all.extend(self.farm_evidence(&network.sites));
        all.extend(support::evidence(self.graph, network));
        all.sort_by(|a, b| {
            b.bits
                .total_cmp(&a.bits)
                .then(b.sites.len().cmp(&a.sites.len()))
                .then_with(|| (a.kind, &a.value).cmp(&(b.kind, &b.value)))
        });
        all
    }

    pub fn of_kit(&self, kit: &Kit) -> Vec<Evidence> {
        let mut all = self.token_evidence(&kit.sites);
        all.sort_by(|a, b| {
            b.sites
                .len()
                .cmp(&a.sites.len())
                .then(b.bits.total_cmp(&a.bits))
                .then_with(|| (a.kind, &a.value).cmp(&(b.kind, &b.value)))
        });
        all
    }

    /// Those of the sites that stand behind the number.
    fn behind(&self, number: u32, sites: &[u32]) -> Vec<u32> {
        let own = |site: &u32| {
            let numbers = &self.graph.sites[*site as usize].numbers;
            let held = numbers.binary_search_by_key(&number, |n| n.number);
            sites.binary_search(site).is_ok() && held.is_ok_and(|at| numbers[at].own)
        };
        self.holders
            .row(number)
            .iter()
            .copied()
            .filter(own)
            .collect()
    }

    fn number_evidence(&self, index: u32, sites: Vec<u32>) -> Evidence {
        let number = &self.numbers[index as usize];
        let quoted = match number.background_sites {
            0 => "no site without hotline pages shows it".to_owned(),
            1 => "only 1 site without hotline pages quotes it".to_owned(),
            n => format!("only {n} sites without hotline pages quote it"),
        };
        Evidence {
            kind: EvidenceKind::Number,
            value: number.digits.clone(),
            bits: round(number_bits(number, self.store.background)),
            why: format!(
                "each of {} sites sells this number as its own hotline, and {quoted}.",
                sites.len()
            ),
            sites,
        }
    }

    fn id_evidence(&self, id: u32, sites: Vec<u32>) -> Evidence {
        let id = &self.store.ids[id as usize];
        let what = match id.kind {
            EvidenceKind::Tracker => "report to this account at a third party",
            EvidenceKind::Verification => "prove their ownership with this code",
            EvidenceKind::Contact => "give this contact",
            EvidenceKind::Ip => "are served from this address",
            EvidenceKind::Certificate => "show this certificate, which names several domains",
            _ => "claim this filing owner",
        };
        let cold = match id.cold {
            0 => "no site without hotline pages does".to_owned(),
            1 => "only 1 site without hotline pages does".to_owned(),
            n => format!("only {n} sites without hotline pages do"),
        };
        Evidence {
            kind: id.kind,
            value: id.value.clone(),
            bits: round(id_bits(id.kind, id.innocents(), self.store.background)),
            why: format!("{} {what}, and {cold}.", count(sites.len() as u32, "site")),
            sites,
        }
    }

    fn token_evidence(&self, sites: &[u32]) -> Vec<Evidence> {
        let shared = self.held.tokens(sites).into_iter();
        let mut shown: Vec<Evidence> = shared.map(|(t, s)| self.one_token(t, s)).collect();
        if !shown.iter().any(|e| e.kind == EvidenceKind::Text) {
            shown.extend(self.text_evidence(sites));
        }
        shown
    }

    fn one_token(&self, id: u32, sites: Vec<u32>) -> Evidence {
        let token = self.store.tokens.token(id);
        let what = match token {
            Token::Line(_) => "show one template line",
            Token::Region(_) => "show one list of places, word for word",
            Token::Skeleton(_) => "put their lines in one order of roles",
            Token::Text(_) => "have one template text once brand, number and places are masked",
            Token::Dom(_) => "are built from one tree of tags",
            Token::Address(_) => "make the addresses of their pages by one rule",
            Token::Leak(_) => "let slip the same trace of their generator or server",
        };
        let cold = self.store.tokens.count(id);
        let cold = match self.store.background.sites() {
            0 => "no site without hotline pages is known".to_owned(),
            n => format!(
                "{cold} of {} without hotline pages {}",
                count(n, "site"),
                if cold == 1 { "does" } else { "do" }
            ),
        };
        Evidence {
            kind: token_kind(token),
            value: self.wording(token),
            bits: round(self.store.tokens.bits(id)),
            why: format!("{} {what}; {cold}.", count(sites.len() as u32, "site")),
            sites,
        }
    }

    /// What stands for a token: its words where they are kept, else its hash in hexadecimal.
    fn wording(&self, token: Token) -> String {
        let (_, hash) = token.parts();
        let words = &self.store.wordings;
        match (token, words.binary_search_by_key(&hash, |w| w.0)) {
            (Token::Address(_) | Token::Leak(_), Ok(at)) => words[at].1.clone(),
            _ => format!("{hash:016x}"),
        }
    }

    fn text_evidence(&self, sites: &[u32]) -> Option<Evidence> {
        let (code, near) = self.held.near_text(sites)?;
        let bits = self.store.background.bits_of_count(0);
        Some(Evidence {
            kind: EvidenceKind::Text,
            value: format!("{code:016x}"),
            why: format!(
                "{} have template texts within {NEAR} bits of 64 of each other once brand, number and places are masked.",
                count(near.len() as u32, "site")
            ),
            sites: near.into_iter().collect(),
            bits: round(bits.min(EvidenceKind::Text.cap())),
        })
    }

    fn farm_evidence(&self, sites: &[u32]) -> Option<Evidence> {
        let farm = self.held.farm(sites);
        let first = self.graph.site_name(*farm.first()?);
        Some(Evidence {
            kind: EvidenceKind::Farm,
            value: first.to_owned(),
            why: format!(
                "{} link to others of this network, and those link back.",
                count(farm.len() as u32, "site")
            ),
            bits: EvidenceKind::Farm.cap(),
            sites: farm,
        })
    }
}

fn round(bits: f64) -> f64 {
    (bits * 10.0).round() / 10.0
}
