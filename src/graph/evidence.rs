//! Typed evidence that sites belong together, each kind weighed in bits.
//!
//! Bits follow Fellegi and Sunter ("A Theory for Record Linkage", 1969): log2 of how much more
//! often the thing is seen on two sites of one hand (taken as always) than on two strangers
//! (its background frequency), capped by kind, for kinds differ in how easily they are copied.

use serde::Serialize;

use crate::extract::number::Kind;

use super::NumberNode;
use super::background::{Background, Token};
use super::served;

/// What two sites share. The first five show a hand, the others a generator, and `Farm` that
/// sites of one hand or generator link to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    Number,
    Tracker,
    Verification,
    Contact,
    Filing,
    Region,
    Line,
    Text,
    Skeleton,
    Dom,
    Address,
    Leak,
    Farm,
    /// Their servers: an address supports other evidence, a certificate shows a hand.
    Ip,
    Certificate,
    /// Groups that other evidence ties use one kit, and claim more brands in common than chance
    /// would have them: both are sold, and only support.
    Kit,
    Brands,
}

impl EvidenceKind {
    pub fn as_str(self) -> &'static str {
        match self {
            EvidenceKind::Number => "number",
            EvidenceKind::Tracker => "tracker",
            EvidenceKind::Verification => "verification",
            EvidenceKind::Contact => "contact",
            EvidenceKind::Filing => "filing",
            EvidenceKind::Region => "region",
            EvidenceKind::Line => "line",
            EvidenceKind::Text => "text",
            EvidenceKind::Skeleton => "skeleton",
            EvidenceKind::Dom => "dom",
            EvidenceKind::Address => "address",
            EvidenceKind::Leak => "leak",
            EvidenceKind::Farm => "farm",
            EvidenceKind::Ip => "ip",
            EvidenceKind::Certificate => "certificate",
            EvidenceKind::Kit => "kit",
            EvidenceKind::Brands => "brands",
        }
    }

    /// The kind of an identifier class, as the builder names it.
    pub(super) fn of_class(class: &str) -> EvidenceKind {
        match class {
            "tracker" => EvidenceKind::Tracker,
            "verification" => EvidenceKind::Verification,
            "contact" => EvidenceKind::Contact,
            "ip" => EvidenceKind::Ip,
            "certificate" => EvidenceKind::Certificate,
            _ => EvidenceKind::Filing,
        }
    }

    /// No single thing of this kind weighs more.
    pub fn cap(self) -> f64 {
        match self {
            EvidenceKind::Number => 20.0,
            EvidenceKind::Tracker => 16.0,
            EvidenceKind::Verification => 14.0,
            // Whoever answers there talks to the customers.
            EvidenceKind::Contact => 12.0,
            // Filings are claims and are copied.
            EvidenceKind::Filing => 9.0,
            EvidenceKind::Region => 10.0,
            EvidenceKind::Line => 8.0,
            EvidenceKind::Text => 8.0,
            // Skeletons and themes find candidates and prove nothing alone.
            EvidenceKind::Skeleton => 4.0,
            EvidenceKind::Dom => 4.0,
            // Many systems make addresses by few rules.
            EvidenceKind::Address => 4.0,
            EvidenceKind::Leak => 8.0,
            // Links are bought and exchanged.
            EvidenceKind::Farm => 6.0,
            // Strangers may be neighbours at a host.
            EvidenceKind::Ip => 3.0,
            // A host may bundle its customers' names.
            EvidenceKind::Certificate => 10.0,
            EvidenceKind::Kit => 8.0,
            EvidenceKind::Brands => 4.0,
        }
    }

    /// All things of this kind together weigh no more.
    pub fn total_cap(self) -> f64 {
        match self {
            EvidenceKind::Line | EvidenceKind::Region => 16.0,
            EvidenceKind::Tracker => 20.0,
            other => other.cap(),
        }
    }
}

/// Something that several members of a network share.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub kind: EvidenceKind,
    /// Digits, an identifier, or a hash in hexadecimal.
    pub value: String,
    /// Indices into [`super::Graph::sites`], in order.
    pub sites: Vec<u32>,
    pub bits: f64,
    /// One sentence.
    pub why: String,
}

/// Below this a token is boilerplate and weighs nothing.
const BOILERPLATE_BITS: f64 = 3.0;

/// Bits of one shared token that stands on `count` background sites: 0 for what they share, and
/// for what sites of every kind share.
pub(super) fn token_bits(token: Token, count: u32, background: Background) -> f64 {
    let bits = background.bits_of_count(count);
    if bits < BOILERPLATE_BITS || token.is_boilerplate() {
        0.0
    } else {
        bits.min(token_kind(token).cap())
    }
}

pub(super) fn token_kind(token: Token) -> EvidenceKind {
    match token {
        Token::Line(_) => EvidenceKind::Line,
        Token::Region(_) => EvidenceKind::Region,
        Token::Text(_) => EvidenceKind::Text,
        Token::Skeleton(_) => EvidenceKind::Skeleton,
        Token::Dom(_) => EvidenceKind::Dom,
        Token::Address(_) => EvidenceKind::Address,
        Token::Leak(_) => EvidenceKind::Leak,
    }
}

/// Bits of a shared identifier that `cold` innocent sites carry, too. Identifiers are given out
/// from spaces so large that one which no innocent carries is limited only by its kind's cap.
pub(super) fn id_bits(kind: EvidenceKind, cold: u32, background: Background) -> f64 {
    match cold {
        _ if served::is_served(kind) => served::bits(kind, cold, background),
        0 => kind.cap(),
        n => (background.bits_of_count(n) + DRAWN_BITS).min(kind.cap()),
    }
}

/// What the size of the space adds to the rarity of a number or an identifier that was seen in
/// the background.
const DRAWN_BITS: f64 = 8.0;

/// Bits of a shared clean number: log2 of how many numbers of its kind there are to draw from,
/// or of its rarity in the background where it was seen there.
pub(super) fn number_bits(number: &NumberNode, background: Background) -> f64 {
    let space: f64 = match number.kind {
        Kind::Shared400 | Kind::Free800 => 1e7,
        Kind::Mobile => 1e9,
        _ => 1e8,
    };
    let bits = if number.background_sites == 0 {
        space.log2()
    } else {
        background.bits_of_count(number.background_sites) + DRAWN_BITS
    };
    bits.min(EvidenceKind::Number.cap())
}
