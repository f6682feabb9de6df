//! What reading one line gives: names, with what they stand before.

use crate::extract::fold::in_simplified;
use crate::extract::region::is_han;

use super::context::names_goods;
use super::lexicon::LEXICON;

/// A name with what it stands before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// In simplified characters: one brand is to have one name.
    pub name: String,
    /// The halves of a Latin and Chinese pair, and the forms in traditional characters.
    pub aliases: Vec<String>,
    /// It is a Latin and a Chinese half side by side.
    pub pair: bool,
    /// Product nouns that follow it, the nearest first.
    pub products: Vec<u16>,
    /// Good by itself; otherwise it takes repetition to believe it.
    pub firm: bool,
    /// Which brand of the list it is.
    pub known: Option<u16>,
    /// The line begins with it, places and decorations aside.
    pub leads: bool,
    /// The line begins with it and holds nothing else but what such claims are made of.
    pub whole: bool,
}

impl Claimed {
    /// With the name in simplified characters, and as it is written for an alias.
    pub fn simplified(mut self) -> Self {
        let halves: Vec<String> = self
            .aliases
            .iter()
            .filter_map(|a| in_simplified(a))
            .collect();
        self.aliases.extend(halves);
        if let Some(simple) = in_simplified(&self.name) {
            self.aliases.push(std::mem::replace(&mut self.name, simple));
        }
        self
    }
}

/// A line as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    pub claims: Vec<Claimed>,
    /// The line offers a hotline.
    pub hot: bool,
    /// … that is nation-wide, a maker's, or has branches.
    pub wide: bool,
}

impl Reading {
    /// A title that is nothing but one unknown name and words of service claims it, where no word
    /// of the language explains the name (`洛维森全国联保`).
    pub fn of_title(mut self) -> Self {
        if let [claim] = self.claims.as_mut_slice() {
            let name = claim.name.as_str();
            // Two characters may be a shop next door (`鑫源开锁电话`).
            let least = if self.wide { 2 } else { 3 };
            let long = (least..=6).contains(&name.chars().count());
            claim.firm |= claim.whole
                && claim.products.is_empty()
                && claim.known.is_none()
                && long
                && name.chars().all(is_han)
                && LEXICON.strange(name) >= 2
                && !names_goods(name);
        }
        self
    }
}
