//! What each line is for, and which run of lines is the borrowed article.

mod article;

use serde::{Deserialize, Serialize};

use super::brand::{self, Brand};
use super::document::{Document, Line};
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

/// Gives every line its role. Expects numbers to be noted on the lines already.
pub fn assign(document: &mut Document, brands: &[Brand]) {
    for line in &mut document.lines {
        line.role = if region::is_list(&line.text) {
            Role::Region
        } else if line.linked {
            Role::Menu
        } else {
            Role::Other
        };
        if line.role != Role::Region {
            line.words = vocabulary::count(&line.text);
        }
    }
    // Lists and menus are what they are, whatever they name.
    let texts = document.lines.iter().map(|l| match l.role {
        Role::Other => l.text.as_str(),
        _ => "",
    });
    let mut branded = vec![false; document.lines.len()];
    for (line, _) in brand::occurrences(brands, texts) {
        branded[line] = true;
    }
    let others = document.lines.iter_mut().zip(&branded);
    for (line, branded) in others.filter(|(l, _)| l.role == Role::Other) {
        line.role = alone(line, *branded);
    }
    for zone in article::zones(&document.lines, &branded) {
        for line in &mut document.lines[zone] {
            line.role = Role::Article;
        }
    }
}

/// The role of a line by itself that is no list of places and no menu.
fn alone(line: &Line, branded: bool) -> Role {
    if branded {
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
    text.contains(['。', '，', ',', ':', '：', '!', '！', '；', ';', '、'])
        && text.chars().nth(MIN_SENTENCE - 1).is_some()
}

#[cfg(test)]
mod tests;
