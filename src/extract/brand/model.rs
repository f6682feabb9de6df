//! Letters with digits: the model of a product (`洛森X5智能锁`), or a name (`M6智能锁`).

use crate::extract::region::is_letter;

use super::lexicon::Word;
use super::token::{Kind, Token};

/// Tokens of a model at most: `KFR-35GW` has four.
const MAX_TOKENS: usize = 7;

/// Letters and digits of one word in a model (`E6S`).
const MAX_WORD: usize = 5;

/// Letters and digits of a name that is made of both.
const MAX_LETTERS: usize = 2;
const MAX_DIGITS: usize = 2;

/// Where the model that starts at token `at` ends: letters and digits side by side, with dashes
/// between them at most; the token behind it.
pub fn end(line: &str, tokens: &[Token], at: usize) -> Option<usize> {
    let mut next = at;
    let (mut letters, mut digits) = (false, false);
    while let Some(token) = tokens.get(next) {
        let adjacent = next == at || tokens[next - 1].end == token.start;
        match token.kind {
            _ if !adjacent || next - at > MAX_TOKENS => break,
            // An English article of the lists is a letter here (`CXW-200-A8`).
            Kind::Latin | Kind::Word(Word::Skip) if is_code(&line[token.start..token.end]) => {
                letters = true;
                digits |= line[token.start..token.end].contains(|c: char| c.is_ascii_digit());
            }
            Kind::Digits => digits = true,
            Kind::Break if next > at && &line[token.start..token.end] == "-" => {}
            _ => break,
        }
        next += 1;
    }
    let dash = next > at && tokens[next - 1].kind == Kind::Break;
    (letters && digits && !dash).then_some(next)
}

/// Letters of a model: any word, but with digits inside only a short one in capitals.
fn is_code(word: &str) -> bool {
    let coded = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    let mixed = word.contains(|c: char| c.is_ascii_digit());
    word.starts_with(is_letter) && (!mixed || (word.len() <= MAX_WORD && word.bytes().all(coded)))
}

/// Behind the word that sets one model off from the next (`X5 Pro`), which begins at token `at`.
pub fn behind_edition(line: &str, tokens: &[Token], at: usize) -> Option<usize> {
    const EDITIONS: [&str; 7] = ["pro", "max", "plus", "ultra", "mini", "lite", "air"];
    let space = tokens.get(at).is_some_and(|t| t.kind == Kind::Space);
    let from = at + usize::from(space);
    let token = tokens.get(from).filter(|t| t.kind == Kind::Latin)?;
    let word = &line[token.start..token.end];
    let edition = EDITIONS.iter().any(|e| word.eq_ignore_ascii_case(e));
    edition.then_some(from + 1)
}

/// Letters of a longer name with one digit behind it (`ZIRCON9`): models have fewer.
const LONG: std::ops::RangeInclusive<usize> = 5..=12;

/// A name with a digit behind it that is too long for a model.
pub fn is_long(name: &str) -> bool {
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    LONG.contains(&letters.len())
}

/// Where the name ends that is a letter or two with a digit or two, or a longer word with one digit,
/// right before a product noun or a word of service.
pub fn coded_name(tokens: &[Token], at: usize) -> Option<usize> {
    let [letters, digits, product] = tokens.get(at..at + 3)? else {
        return None;
    };
    let (long, many) = (letters.end - letters.start, digits.end - digits.start);
    let behind = matches!(product.kind, Kind::Word(Word::Product(_)));
    let served = matches!(
        product.kind,
        Kind::Word(Word::Hot | Word::Service | Word::Reach)
    );
    let short = long <= MAX_LETTERS && many <= MAX_DIGITS && behind;
    let fits = letters.kind == Kind::Latin
        && digits.kind == Kind::Digits
        && (short || (LONG.contains(&long) && many == 1 && (behind || served)))
        && letters.end == digits.start
        && digits.end == product.start;
    fits.then_some(digits.end)
}
