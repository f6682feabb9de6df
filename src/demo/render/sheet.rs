//! The page that is being written: HTML so far, and what was planted in it.

use super::super::disguise::Disguise;
use super::super::rng::Rng;
use super::super::truth::{Claim, Kind, PageTruth};

pub(super) struct Sheet {
    pub html: String,
    pub rng: Rng,
    pub truth: PageTruth,
    /// What follows the content; set by [`super::chrome::open`].
    pub closing: String,
}

impl Sheet {
    pub fn new(rng: Rng) -> Self {
        Sheet {
            html: String::with_capacity(16 << 10),
            rng,
            truth: super::truth(Kind::Plain),
            closing: String::new(),
        }
    }

    pub fn put(&mut self, text: &str) {
        self.html.push_str(text);
    }

    /// `<tag>text</tag>` and a line break.
    pub fn element(&mut self, tag: &str, text: &str) {
        self.html.push('<');
        self.html.push_str(tag);
        self.html.push('>');
        self.html.push_str(text);
        self.html.push_str("</");
        let name = tag.split(' ').next().unwrap_or(tag);
        self.html.push_str(name);
        self.html.push_str(">\n");
    }

    /// The source text of a number, noted as planted: it must be put on the page by the caller.
    pub fn number(&mut self, number: &str, disguise: Disguise) -> String {
        let surface = disguise.write(&mut self.rng, number);
        self.truth.note(number, disguise, surface.clone());
        surface
    }

    pub fn plain(&mut self, number: &str) -> String {
        self.number(number, Disguise::Plain)
    }

    pub fn claim(&mut self, brand: &super::super::bank::names::Brand, category: Option<&str>) {
        let known = self
            .truth
            .brands
            .iter()
            .any(|claim| claim.brand == brand.name && claim.category.as_deref() == category);
        if !known {
            self.truth.brands.push(Claim {
                brand: brand.name.clone(),
                category: category.map(str::to_owned),
                aliases: brand.halves.clone(),
            });
        }
    }

    pub fn finish(mut self) -> (String, PageTruth) {
        self.html.push_str(&self.closing);
        (self.html, self.truth)
    }
}
