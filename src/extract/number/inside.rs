//! What may stand inside a run besides digits and separators, by what the run has so far: brackets,
//! words, one odd sign all over.

use super::glyph::{self, Gap, Glyph, Style};
use super::scan::{Cell, decoded};
use super::{plan, shape};

/// Are these the digits of an area code, or of one and the first half of a local number?
fn is_area(cells: &[Cell]) -> bool {
    let digits = shape::digits(&cells[1..cells.len().min(4)]);
    let length = plan::area(&digits).map(|(length, ..)| length + 1);
    length.is_some_and(|length| {
        cells.len() == length || (cells.len() > length && cells[length].gap.has(Gap::MARK))
    })
}

/// `四百-…`, `捌佰 …`: does the hundred stand for the zeros of 400 or 800?
pub fn may_be_hundreds(text: &str, behind: usize, cells: &[Cell]) -> bool {
    let alone = matches!(
        cells,
        [Cell {
            digit: 4 | 8,
            style: Style::Han,
            ..
        }]
    );
    let mut rest = text[behind..].chars().map(glyph::classify);
    let first = rest.next();
    let digit = |glyph: Option<Glyph>| matches!(glyph, Some(Glyph::Digit(..)));
    alone && (digit(first) || (matches!(first, Some(Glyph::Gap(_))) && digit(rest.next())))
}

/// Two zeros that one character stands for.
pub fn zeros(start: usize, end: usize) -> [Cell; 2] {
    let zero = |start| Cell {
        digit: 0,
        style: Style::Han,
        letter: false,
        gap: Gap::NONE,
        start,
        end,
    };
    [zero(start), zero(end)]
}

/// `四零零杠七六五横一零三二`: the word for a dash between numerals.
pub fn is_spoken_dash(text: &str, behind: usize, c: char, cells: &[Cell]) -> bool {
    let spoken = matches!(c, '杠' | '槓' | '横' | '橫');
    let numeral = |cell: &Cell| cell.style == Style::Han || cell.letter;
    let next = || {
        let c = text[behind..].chars().next();
        c.is_some_and(|c| {
            matches!(glyph::classify(c), Glyph::Digit(..)) || glyph::lookalike(c).is_some()
        })
    };
    spoken && cells.len() >= 3 && cells.iter().any(numeral) && next()
}

/// `<0571>-…`, `{0571}…`: does `c` close the bracket around an area code or the head of a toll
/// number, which is no other bracket's business?
pub fn closes_area(text: &str, c: char, cells: &[Cell]) -> bool {
    const PAIRS: [(char, char); 6] = [
        ('<', '>'),
        ('{', '}'),
        ('〈', '〉'),
        ('《', '》'),
        ('＜', '＞'),
        ('｛', '｝'),
    ];
    let Some((open, _)) = PAIRS.iter().find(|(_, close)| *close == c) else {
        return false;
    };
    let head = match cells {
        [first, .., last] if cells.len() <= 4 => matches!(
            (first.digit, last.digit, cells.len()),
            (0, _, 3 | 4) | (4 | 8, 0, 3)
        ),
        _ => false,
    };
    head && text[..cells[0].start].ends_with(*open)
}

/// `"+"`: a string that a script puts together, shown as text.
pub fn concatenation(rest: &str) -> Option<usize> {
    let quoted = |rest: &str| rest.starts_with(['"', '\'']);
    let inner = quoted(rest).then(|| rest[1..].trim_start_matches(' '))?;
    let behind = inner.strip_prefix('+')?.trim_start_matches(' ');
    let long = rest.len() - behind.len() > 6;
    (quoted(behind) && !long).then(|| rest.len() - behind.len() + 1)
}

/// Where a sign ends that may stand there twice or three times: `400==186==5909`.
pub fn behind_same(text: &str, behind: usize, sign: char) -> usize {
    const MORE: usize = 2;
    let again = text[behind..].chars().take(MORE);
    behind + again.take_while(|c| *c == sign).count() * sign.len_utf8()
}

/// Do the digits so far look like the first groups of a toll or mobile number, or like one that
/// is spelled digit by digit, and does another digit stand at `behind`?
pub fn may_be_marked(text: &str, behind: usize, cells: &[Cell]) -> bool {
    // `(2)0771→3763008`: what counts a list is no part of it.
    let marker = |cell: &Cell| cell.gap.has(Gap::CLOSE) || cell.gap == Gap::DOT;
    let counted = cells.iter().take(3).skip(1).position(marker);
    let cells = &cells[counted.map_or(0, |at| at + 1)..];
    let digit = |index: usize| cells.get(index).map(|cell| cell.digit);
    let head = matches!(
        (digit(0), digit(1), digit(2)),
        (Some(4 | 8), Some(0), Some(0))
            | (Some(1), Some(3..=9), Some(_))
            | (Some(4 | 8), Some(0) | None, None)
            | (Some(1), Some(3..=9) | None, None)
    );
    let spelled = || cells.iter().all(|cell| cell.style == Style::Han);
    let head = head || (digit(0) == Some(0) && (is_area(cells) || spelled()));
    let next = || {
        let mut rest = behind;
        loop {
            let (c, length) = decoded(text, rest)?;
            match glyph::classify(c) {
                Glyph::Invisible => rest += length,
                glyph => return Some(glyph),
            }
        }
    };
    head && cells.len() < 11 && matches!(next(), Some(Glyph::Digit(..)))
}

pub fn is_hundred(c: Option<char>) -> bool {
    matches!(c, Some('百' | '佰'))
}
