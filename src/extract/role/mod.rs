//! What each line is for, and which run of lines is the borrowed article.

mod article;

use serde::{Deserialize, Serialize};

use super::document::{Document, Line};
use super::fold::simple_line;
use super::known::Sense;
use super::{region, vocabulary};

/// The part that a line plays in a hotline page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// A number without a brand.
    Number,
    /// A brand, with how many numbers stand beside it (capped at 3).
    Brand(u8),
    /// A heading without brand or number.
    Heading,
    /// A list of places.
    Region,
    /// A sentence of promises without brand or number.
    Slogan,
    /// Menus, friend links: text that is all link.
    Menu,
    /// Part of the borrowed article (headings and credit line inside it included).
    Article,
    /// Anything else.
    #[default]
    Other,
}

/// Characters that a sentence has at least.
const MIN_SENTENCE: usize = 12;

/// Gives every line its role. Expects numbers and brands to be noted on the lines already.
pub fn assign(document: &mut Document) {
    for line in &mut document.lines {
        let sense = match &line.known {
            Some(known) => *known.words.get_or_init(|| sense(&line.text)),
            None => sense(&line.text),
        };
        line.role = match sense {
            Sense::Places => Role::Region,
            Sense::Words(words) => {
                line.words = words;
                alone(line)
            }
        };
    }
    for zone in article::zones(&document.lines) {
        for line in &mut document.lines[zone] {
            line.role = Role::Article;
        }
    }
}

fn sense(text: &str) -> Sense {
    let text = &simple_line(text);
    match region::is_list(text) {
        true => Sense::Places,
        false => Sense::Words(vocabulary::count(text)),
    }
}

/// The role of a line by itself that is no list of places.
fn alone(line: &Line) -> Role {
    if line.linked {
        return Role::Menu;
    }
    if line.branded {
        return Role::Brand(line.numbers.len().min(3) as u8);
    }
    if !line.numbers.is_empty() {
        return Role::Number;
    }
    if line.heading > 0 {
        return Role::Heading;
    }
    if line.words.promises > 0 && is_sentence(&line.text) {
        return Role::Slogan;
    }
    Role::Other
}

/// Long enough, and with the punctuation of a sentence.
fn is_sentence(text: &str) -> bool {
    const MARKS: [char; 10] = ['。', '，', ',', ':', '：', '!', '！', '；', ';', '、'];
    // Most end with one: a look instead of a search.
    (text.ends_with(MARKS) || text.contains(MARKS)) && text.chars().nth(MIN_SENTENCE - 1).is_some()
}

#[cfg(test)]
mod tests;
