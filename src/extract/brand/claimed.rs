//! What reading one line gives: names, with what they stand before.

use crate::extract::fold::{in_simplified, simple};
use crate::extract::region::is_han;

use super::context::names_goods;
use super::disguise::in_wide_forms;
use super::lexicon::LEXICON;

/// A name with what it stands before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub name: String,
    /// The halves of a Latin and Chinese pair, and what is in traditional characters in simplified
    /// ones and in full width in ASCII: by them the brand is the same on pages in either.
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
    /// With the name and its halves in simplified characters for aliases.
    pub fn with_simplified(mut self) -> Self {
        let forms = self.aliases.iter().chain([&self.name]);
        let simple: Vec<String> = forms.filter_map(|form| in_simplified(form)).collect();
        self.aliases.extend(simple);
        self
    }

    /// As it stands in the line, where that is in full-width letters, with the plain forms for
    /// aliases.
    pub fn as_written(&mut self, line: &str) {
        let aliases = self.aliases.iter();
        let written: Vec<String> = aliases.filter_map(|a| in_wide_forms(a, line)).collect();
        self.aliases.extend(written);
        if let Some(written) = in_wide_forms(&self.name, line) {
            self.aliases
                .push(std::mem::replace(&mut self.name, written));
        }
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
            let name = simple(&claim.name);
            // Two characters may be a shop next door (`鑫源开锁电话`).
            let least = if self.wide { 2 } else { 3 };
            let long = (least..=6).contains(&name.chars().count());
            claim.firm |= claim.whole
                && claim.products.is_empty()
                && claim.known.is_none()
                && long
                && name.chars().all(is_han)
                && LEXICON.strange(&name) >= 2
                && !names_goods(&name);
        }
        self
    }
}
