//! A line as tokens: listed words, places, numbers, punctuation, and the gaps between them in
//! which unknown names stand.

use crate::extract::region::{self, is_han, is_letter};

use super::lexicon::{LEXICON, Listed, Word};

/// What a piece of the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Word(Word),
    /// Chinese characters that no list holds.
    Han,
    /// A Latin (or other alphabetic) word that no list holds.
    Latin,
    Place,
    Digits,
    Space,
    /// Joins the members of a list: 、 / , & +
    Join,
    Open,
    Close,
    /// Ends a clause.
    Break,
}

/// A piece of the line by byte range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// Tokens of one line at most: titles have about twenty.
const MAX_TOKENS: usize = 256;

/// Digits that a telephone number has at least.
pub const MIN_NUMBER: usize = 7;

/// Cuts a line into tokens; none where nothing in it could be claimed for a brand: no product
/// noun, no word of service, and no number.
pub fn tokens(line: &str) -> Vec<Token> {
    let words = LEXICON.words(line, MAX_TOKENS);
    let head = |l: &Listed| matches!(l.word, Word::Product(_) | Word::Hot | Word::Service);
    if !words.iter().any(head) && !has_number(line) {
        return Vec::new();
    }
    let mut out = Vec::with_capacity(2 * words.len() + 8);
    let mut at = 0;
    for Listed { start, end, word } in words {
        if out.len() >= MAX_TOKENS {
            return out;
        }
        gap(line, at, start, &mut out);
        out.push(Token {
            kind: Kind::Word(word),
            start,
            end,
        });
        at = end;
    }
    gap(line, at, line.len(), &mut out);
    out
}

fn has_number(line: &str) -> bool {
    let mut digits = 0;
    line.bytes().any(|b| {
        digits = if b.is_ascii_digit() { digits + 1 } else { 0 };
        digits >= MIN_NUMBER
    })
}

/// Tokens of a stretch without listed words.
fn gap(line: &str, from: usize, to: usize, out: &mut Vec<Token>) {
    let mut at = from;
    while at < to && out.len() < MAX_TOKENS {
        let rest = &line[at..to];
        // The loop's condition leaves at least one character.
        let Some(c) = rest.chars().next() else { break };
        let (kind, len) = if is_han(c) {
            match place(rest) {
                0 => {
                    let len = run(rest, |c| is_han(c) || c == '·');
                    (Kind::Han, len - trailing_place(&rest[..len]))
                }
                len => (Kind::Place, len),
            }
        } else if c.is_ascii_digit() {
            (Kind::Digits, run(rest, |c| c.is_ascii_digit()))
        } else if is_letter(c) {
            (Kind::Latin, latin(rest))
        } else {
            (punctuation(c), c.len_utf8())
        };
        out.push(Token {
            kind,
            start: at,
            end: at + len,
        });
        at += len;
    }
}

/// A place at the start of a run of Chinese characters. One character left behind a short name
/// makes it part of a longer one (`长春藤`).
fn place(rest: &str) -> usize {
    let len = region::leading_place(rest);
    if len == 0 {
        return 0;
    }
    let left = rest[len..].chars().take_while(|c| is_han(*c)).count();
    let ended = rest[..len].ends_with(['市', '省', '区', '县']);
    if left == 1 && !ended { 0 } else { len }
}

/// Bytes of a place that ends a run of Chinese characters (`艾铂上海`).
fn trailing_place(run: &str) -> usize {
    if run.len() > 48 {
        return 0;
    }
    let splits = run.char_indices().skip(2).map(|(i, _)| &run[i..]);
    splits
        .filter(|tail| tail.len() >= 6)
        .find(|tail| region::leading_place(tail) == tail.len())
        .map_or(0, str::len)
}

/// A Latin word: letters, and inside it digits, dots, dashes, ampersands and apostrophes
/// (`TP-LINK`, `H3C`, `A.O.`).
fn latin(rest: &str) -> usize {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let letter = is_letter(c);
        let next = chars.peek().map(|(_, n)| *n);
        let glue = match c {
            '.' | '\'' | '’' | '&' | '-' | '0'..='9' => next.is_some_and(is_letter),
            _ => false,
        };
        // `A.O.` keeps its last dot before a Chinese half.
        let initial = c == '.' && i == end && rest[..i].contains('.') && next.is_some_and(is_han);
        if !(letter || glue || initial) {
            break;
        }
        end = i + c.len_utf8();
    }
    end.max(1)
}

fn run(text: &str, keep: impl Fn(char) -> bool) -> usize {
    text.find(|c| !keep(c)).unwrap_or(text.len())
}

fn punctuation(c: char) -> Kind {
    match c {
        ' ' | '\u{3000}' | '\u{a0}' | '\t' => Kind::Space,
        '、' | '/' | ',' | '，' | '&' | '+' | '／' | '＆' | '＋' | '\\' => Kind::Join,
        '(' | '（' | '[' | '【' | '「' | '『' | '《' | '〈' | '<' | '“' | '‘' | '{' | '［'
        | '〖' => Kind::Open,
        ')' | '）' | ']' | '】' | '」' | '』' | '》' | '〉' | '>' | '”' | '’' | '}' | '］'
        | '〗' => Kind::Close,
        _ => Kind::Break,
    }
}
