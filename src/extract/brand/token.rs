//! A line as tokens: listed words, places, numbers, punctuation, and the gaps between them in
//! which unknown names stand.

use crate::extract::region::{self, is_han};

use super::lexicon::{LEXICON, Word};

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

/// Cuts a line into tokens.
pub fn tokens(line: &str) -> Vec<Token> {
    let mut out = Vec::with_capacity(24);
    let mut at = 0;
    while at < line.len() && out.len() < MAX_TOKENS {
        let (start, end, word) = match LEXICON.next(line, at) {
            Some((start, end, word)) => (start, end, Some(word)),
            None => (line.len(), line.len(), None),
        };
        gap(line, at, start, &mut out);
        if let Some(word) = word {
            out.push(Token {
                kind: Kind::Word(word),
                start,
                end,
            });
        }
        at = end;
    }
    out
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
        } else if c.is_alphabetic() {
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
        let letter = c.is_alphabetic() && !is_han(c);
        let next = chars.peek().map(|(_, n)| *n);
        let glue = match c {
            '.' | '\'' | '’' | '&' | '-' | '0'..='9' => {
                next.is_some_and(|n| n.is_alphabetic() && !is_han(n))
            }
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
