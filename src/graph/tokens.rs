//! The generator's traces that tell something, by dense numbers: each stands on several sites, one
//! of them a hotline site, and is rare among the innocent.
//!
//! All tokens of all sites are sorted by hash, kind by kind; a run of equal ones is one token with
//! its posting list. What stands on one site alone, or is boilerplate, gets no number: it can
//! neither link nor explain.

use super::background::{Background, Token};
use super::csr::Rows;
use super::evidence::token_bits;
use super::facts::SiteFacts;
use super::par;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tokens {
    /// In order.
    all: Vec<Token>,
    /// Bits of each, more than 0.
    bits: Vec<f32>,
    /// Background sites on which each stands.
    counts: Vec<u32>,
    /// Token → sites, in order.
    holders: Rows,
    /// Site → tokens, in order.
    of_site: Rows,
}

impl Tokens {
    /// Takes the tokens out of the sites.
    pub fn of(sites: &mut [SiteFacts], background: Background) -> Tokens {
        let room = sites.iter().map(|s| s.tokens.len()).sum();
        let mut tokens = Tokens {
            holders: Rows::with_room(room),
            ..Tokens::default()
        };
        let mut held: Vec<(u64, u32)> = Vec::with_capacity(room);
        for kind in 0..Token::KINDS {
            let of_kind = |t: &Token| t.parts().0 == kind;
            held.clear();
            for (index, site) in sites.iter().enumerate() {
                // Tokens are sorted, and so by kind.
                let from = site.tokens.partition_point(|t| t.parts().0 < kind);
                let here = site.tokens[from..].iter().take_while(|t| of_kind(t));
                held.extend(here.map(|t| (t.parts().1, index as u32)));
            }
            par::sort(&mut held);
            for list in held.chunk_by(|a, b| a.0 == b.0).filter(|l| l.len() > 1) {
                tokens.take(kind, list, sites, background);
            }
        }
        for site in sites.iter_mut() {
            site.tokens = Vec::new();
        }
        tokens.of_site = tokens.holders.turned(sites.len());
        tokens
    }

    fn take(
        &mut self,
        kind: usize,
        list: &[(u64, u32)],
        sites: &[SiteFacts],
        background: Background,
    ) {
        let hot = list.iter().filter(|l| sites[l.1 as usize].hot).count();
        if hot == 0 {
            return;
        }
        let hash = list[0].0;
        let token = match kind {
            0 => Token::Line(hash),
            1 => Token::Region(hash),
            2 => Token::Skeleton(hash),
            3 => Token::Text(hash),
            4 => Token::Dom(hash),
            5 => Token::Address(hash),
            _ => Token::Leak(hash),
        };
        let count = (list.len() - hot) as u32;
        let bits = token_bits(token, count, background);
        if bits > 0.0 {
            self.all.push(token);
            self.bits.push(bits as f32);
            self.counts.push(count);
            list.iter().for_each(|l| self.holders.push(l.1));
            self.holders.end_row();
        }
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn token(&self, id: u32) -> Token {
        self.all[id as usize]
    }

    pub fn bits(&self, id: u32) -> f64 {
        self.bits[id as usize].into()
    }

    /// Background sites on which the token stands.
    pub fn count(&self, id: u32) -> u32 {
        self.counts[id as usize]
    }

    /// The site's tokens, in order.
    pub fn of_site(&self, site: u32) -> &[u32] {
        self.of_site.row(site)
    }
}
