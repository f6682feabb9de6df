//! Identifiers that tie a page to an account or an owner: filings, trackers and chat widgets,
//! site verifications, contacts, and what the generator let slip. All are claims of the page.
//!
//! | part | what it finds |
//! | --- | --- |
//! | `filing` | ICP and police filings |
//! | `tracker` | analytics, chat widgets, site verifications |
//! | `contact` | e-mail, QQ, WeChat |
//! | `leak` | server paths in warnings, unexpanded placeholders |
//! | `quote` | the exact source text of what was found |

mod contact;
mod filing;
mod leak;
mod quote;
mod tracker;

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::known::KnownIdentifiers;
use super::packed::{self, Piece};
use super::vocabulary::{self, Labels};
pub use quote::Quotes;
use quote::quoted;

/// All identifiers on a page, each list in order of first occurrence, without repeats.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifiers {
    /// ICP and police filings (at most 16).
    pub filings: Vec<Filing>,
    /// At most 64.
    pub trackers: Vec<Tracker>,
    /// E-mail, QQ, WeChat, where labelled (at most 64).
    pub contacts: Vec<Tracker>,
    /// Server paths in warnings, unexpanded placeholders (at most 16), as they stand there.
    pub leaks: Vec<String>,
    /// A record keeps them on their own.
    #[serde(skip)]
    pub quotes: Quotes,
}

/// A filing number as claimed on the page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Filing {
    /// `粤ICP备12345678号-3`, white space removed.
    pub text: String,
    /// The owner's part: without `-N`.
    pub owner: String,
}

/// An account at a third party: `{kind: "baidu-tongji", id: "32 hex"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tracker {
    pub kind: String,
    pub id: String,
}

const MAX_FILINGS: usize = 16;
const MAX_TRACKERS: usize = 64;
const MAX_CONTACTS: usize = 64;
const MAX_LEAKS: usize = 16;
/// Identifiers of one text that are remembered.
const MAX_KNOWN: usize = 4;
/// Longest identifier and longest leak that is kept, in bytes.
const MAX_ID: usize = 128;
const MAX_LEAK: usize = 200;

/// Attributes whose name says what account their value is.
const ACCOUNTS: [&str; 2] = ["data-website-id", "data-cf-beacon"];

/// Finds them all. Expects the words of the lines to be counted.
pub fn collect(document: &Document) -> Identifiers {
    let mut found = Identifiers::default();
    let attributes = document
        .attributes
        .iter()
        .filter(|a| !a.name.starts_with("on") && a.name != "javascript" && a.name != "href")
        .map(|attribute| attribute.value.as_str());
    let metas = document.metas.iter().map(|(_, content)| content.as_str());
    in_words(&document.title, &mut found);
    for line in document.lines.iter().filter(|l| l.words.identifiers.any()) {
        let (text, labels) = (&line.text, line.words.identifiers);
        let known = line.known.as_ref().map(|known| &known.identifiers);
        match line.code {
            true => found.read(None, |own| in_code(text, labels, own)),
            false => found.read(known, |own| in_prose(text, labels, own)),
        }
    }
    attributes.for_each(|text| in_words(text, &mut found));
    metas.for_each(|text| in_words(text, &mut found));
    for text in &document.comments {
        leak::in_comment(text, &mut found);
        tracker::find(text, &mut found);
    }
    for (index, script) in document.scripts.iter().enumerate() {
        let known = document.known_scripts.get(index);
        let known = known.map(|known| &known.identifiers);
        found.read(known, |own| {
            packed::pieces(script, |piece| match piece {
                Piece::Plain(script, _) => in_script(script, own),
                Piece::Unpacked(text, place) => {
                    let mut packed = Identifiers::default();
                    in_script(&text, &mut packed);
                    packed.quotes.all_are(&script[place]);
                    own.add(&packed);
                }
            });
        });
    }
    for source in &document.sources {
        tracker::find(source, &mut found);
        leak::in_link(source, &mut found);
    }
    for link in &document.links {
        let url = link.url.as_str();
        if !link.own {
            tracker::find(url, &mut found);
            filing::in_link(url, &mut found);
        }
        contact::in_link(url, &mut found);
        leak::in_link(url, &mut found);
    }
    for attribute in &document.attributes {
        let (name, value) = (attribute.name.as_str(), attribute.value.as_str());
        if ACCOUNTS.contains(&name) {
            tracker::find(&format!("{name}={value}"), &mut found);
        } else if name.starts_with("on") || name.starts_with("data-") || name == "javascript" {
            tracker::find(value, &mut found);
            contact::in_link(value, &mut found);
            contact::in_attribute(name, value, &mut found);
        } else if name == "href" {
            contact::in_link(value, &mut found);
        }
    }
    for (name, content) in &document.metas {
        tracker::verification(name, content, &mut found);
        if name.starts_with("google") {
            tracker::find(content, &mut found);
        }
    }
    leak::spare_templates(document, &mut found);
    found
}

fn in_script(script: &str, found: &mut Identifiers) {
    tracker::find(script, found);
    filing::in_script(script, found);
    contact::in_script(script, found);
    leak::server_paths(script, found);
}

fn in_words(text: &str, found: &mut Identifiers) {
    in_prose(text, vocabulary::labels(text), found);
}

fn in_prose(text: &str, labels: Labels, found: &mut Identifiers) {
    if labels.any() {
        in_labelled(text, labels, found);
        if labels.has(Labels::LEAK) {
            leak::find(text, found);
        }
    }
}

/// Text that is shown as it was typed: what stands in braces there is somebody's example.
fn in_code(text: &str, labels: Labels, found: &mut Identifiers) {
    in_labelled(text, labels, found);
    if labels.has(Labels::LEAK) {
        leak::server_paths(text, found);
    }
}

fn in_labelled(text: &str, labels: Labels, found: &mut Identifiers) {
    if labels.has(Labels::FILING) {
        filing::find(text, found);
    }
    contact::find(text, labels, found);
}

impl Identifiers {
    /// Adds what a text holds for itself, or is known to hold.
    fn read(&mut self, known: Option<&KnownIdentifiers>, read: impl FnOnce(&mut Identifiers)) {
        if let Some(own) = known.and_then(|known| known.get()) {
            return own.iter().for_each(|own| self.add(own));
        }
        let mut own = Identifiers::default();
        read(&mut own);
        self.add(&own);
        let many = own.filings.len() + own.trackers.len() + own.contacts.len() + own.leaks.len();
        if let Some(known) = known.filter(|_| many <= MAX_KNOWN) {
            // Where the same text stands twice on a page it may be noted already.
            let _ = known.set((many > 0).then(|| Box::new(own)));
        }
    }

    fn add(&mut self, own: &Identifiers) {
        let Quotes {
            filings,
            trackers,
            contacts,
        } = &own.quotes;
        for (filing, quote) in own.filings.iter().zip(filings) {
            self.filing(filing.text.clone(), filing.owner.clone(), quote);
        }
        for (tracker, quote) in own.trackers.iter().zip(trackers) {
            self.tracker(&tracker.kind, &tracker.id, quote);
        }
        for (contact, quote) in own.contacts.iter().zip(contacts) {
            self.contact(&contact.kind, &contact.id, quote);
        }
        own.leaks.iter().for_each(|leak| self.leak(leak));
    }

    /// A filing with the police whose province is not known adds nothing to the same with it.
    fn filing(&mut self, text: String, owner: String, quote: &str) {
        let filing = Filing { text, owner };
        let police = filing.text.starts_with("公网安备");
        let known =
            |known: &Filing| *known == filing || (police && known.text.ends_with(&filing.text));
        if self.filings.len() < MAX_FILINGS && !self.filings.iter().any(known) {
            self.filings.push(filing);
            self.quotes.filings.push(quoted(quote));
        }
    }

    fn tracker(&mut self, kind: &str, id: &str, quote: &str) {
        if push(&mut self.trackers, MAX_TRACKERS, kind, id) {
            self.quotes.trackers.push(quoted(quote));
        }
    }

    fn contact(&mut self, kind: &str, id: &str, quote: &str) {
        if push(&mut self.contacts, MAX_CONTACTS, kind, id) {
            self.quotes.contacts.push(quoted(quote));
        }
    }

    fn leak(&mut self, text: &str) {
        if self.leaks.len() < MAX_LEAKS
            && text.len() <= MAX_LEAK
            && !self.leaks.iter().any(|known| known == text)
        {
            self.leaks.push(text.to_owned());
        }
    }
}

/// Whether it is new, and has room.
fn push(list: &mut Vec<Tracker>, most: usize, kind: &str, id: &str) -> bool {
    let known = list.iter().any(|t| t.kind == kind && t.id == id);
    let fits = list.len() < most && !known && !id.is_empty() && id.len() <= MAX_ID;
    if fits {
        list.push(Tracker {
            kind: kind.to_owned(),
            id: id.to_owned(),
        });
    }
    fits
}

#[cfg(test)]
mod tests;
