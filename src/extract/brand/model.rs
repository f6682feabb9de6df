//! Letters with digits: the model of a product (`洛森X5智能锁`), or a name (`M6智能锁`).

use super::lexicon::Word;
use super::token::{Kind, Token};

/// Tokens of a model at most: `KFR-35GW` has four.
const MAX_TOKENS: usize = 7;

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
            Kind::Latin => letters = true,
            Kind::Digits => digits = true,
            Kind::Break if next > at && &line[token.start..token.end] == "-" => {}
            _ => break,
        }
        next += 1;
    }
    let dash = next > at && tokens[next - 1].kind == Kind::Break;
    (letters && digits && !dash).then_some(next)
}

/// Where the name ends that is a letter or two with a digit or two right before a product noun.
pub fn coded_name(tokens: &[Token], at: usize) -> Option<usize> {
    let [letters, digits, product] = tokens.get(at..at + 3)? else {
        return None;
    };
    let fits = letters.kind == Kind::Latin
        && letters.end - letters.start <= MAX_LETTERS
        && digits.kind == Kind::Digits
        && digits.end - digits.start <= MAX_DIGITS
        && matches!(product.kind, Kind::Word(Word::Product(_)))
        && letters.end == digits.start
        && digits.end == product.start;
    fits.then_some(digits.end)
}
