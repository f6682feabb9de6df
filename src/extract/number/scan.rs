//! One linear pass over text that collects runs: digits of any script with the separators
//! between them, each digit with its place in the original text.

use std::cell::RefCell;

use super::glyph::{self, Gap, Glyph, Style};
use super::{glued, inside};

/// A digit with where it stands and what separates it from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    pub digit: u8,
    pub style: Style,
    /// Written as a letter that looks like a digit.
    pub letter: bool,
    /// [`Gap::NONE`] where the digit before is a direct neighbour.
    pub gap: Gap,
    pub start: usize,
    pub end: usize,
}

/// More separators than this between two digits part them.
const MAX_GAP: usize = 5;
/// A run is handed on in pieces of this many digits, of which the last [`KEPT`] wait for more.
const MAX_RUN: usize = 4096;
const KEPT: usize = 48;
/// Shortest run that is worth a look: a short code has five digits.
pub const MIN_RUN: usize = 5;
/// A chunk of letters and digits longer than this is no part of a number.
const MAX_CHUNK: usize = 20;

thread_local! {
    /// Room for a run, kept from text to text: most texts of a page hold some digits.
    static CELLS: RefCell<Vec<Cell>> = const { RefCell::new(Vec::new()) };
}

/// Calls `each` with every run of at least five digits from [`first`] on, and with how many of its cells may
/// start a number (the rest come again). `each` returns how many cells it is done with.
pub fn runs(text: &str, first: usize, mut each: impl FnMut(&[Cell], usize) -> usize) {
    let table = glyph::begin_table();
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut cells = CELLS.take();
    let mut next = Some(first);
    while let Some(start) = next {
        cells.clear();
        let mut from = letters_before(text, start, at);
        loop {
            from = read_run(text, from, &mut cells);
            if cells.len() < MAX_RUN {
                break;
            }
            let done = each(&cells, cells.len() - KEPT);
            cells.drain(..done.clamp(1, cells.len()));
        }
        at = from.max(start + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
        if cells.len() >= MIN_RUN {
            each(&cells, cells.len());
        }
        next = next_start(text, bytes, table, at);
    }
    CELLS.set(cells);
}

/// The first character that may begin a number.
pub fn first(text: &str) -> Option<usize> {
    next_start(text, text.as_bytes(), glyph::begin_table(), 0)
}

/// The next character that may begin a number, at or after `at`.
fn next_start(text: &str, bytes: &[u8], table: &[u64; 1024], mut at: usize) -> Option<usize> {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            // Three-byte characters, the bulk of Chinese text, without the general decoder: the
            // first two bytes say which block of the table, the third which bit.
            0xe0..=0xef => {
                let [first, second, third, ..] = bytes[at..] else {
                    return None;
                };
                let block = table[usize::from(first & 0x0f) << 6 | usize::from(second & 0x3f)];
                at += 3;
                if block != 0 && block >> (third & 0x3f) & 1 == 1 && !is_lone(bytes, at, table) {
                    return Some(at - 3);
                }
            }
            b'0'..=b'9' => return Some(at),
            b'&' | b'\\' | b'%' => {
                if escape(text, at).is_some_and(|(c, _)| glyph::begins(table, c)) {
                    return Some(at);
                }
                at += 1;
            }
            0..0x80 => at += 1,
            _ => {
                let c = text[at..].chars().next()?;
                if glyph::begins(table, c) {
                    return Some(at);
                }
                at += c.len_utf8();
            }
        }
    }
    None
}

/// Does an ideograph that is no digit stand at `at`? Then the numeral before it is part of a word.
fn is_lone(bytes: &[u8], at: usize, table: &[u64; 1024]) -> bool {
    let [first @ 0xe5..=0xe8, second, third, ..] = bytes[at..] else {
        return false;
    };
    let code =
        (u32::from(first & 0x0f) << 12) | (u32::from(second & 0x3f) << 6) | u32::from(third & 0x3f);
    if inside::is_hundred(char::from_u32(code)) {
        let four_or_eight = ["四", "八", "肆", "捌"];
        return !four_or_eight
            .iter()
            .any(|c| bytes[..at].ends_with(c.as_bytes()));
    }
    // `四洞洞…`: spelled.
    let spelled = matches!(code, 0x6d1e | 0x62d0 | 0x52fe);
    !spelled && table[(code >> 6) as usize & 1023] >> (code & 63) & 1 == 0
}

/// The character at `at` with its length, numeric entities and script escapes resolved.
pub fn decoded(text: &str, at: usize) -> Option<(char, usize)> {
    match text.as_bytes().get(at)? {
        b'&' | b'\\' | b'%' => {
            if let Some(found) = escape(text, at) {
                return Some(found);
            }
        }
        _ => {}
    }
    let c = text[at..].chars().next()?;
    Some((c, c.len_utf8()))
}

/// `&#52;`, `&#x34;`, `&nbsp;`, `\u0034`, `\u{34}`, `\x34`, `%34`: what it stands for, and its length.
fn escape(text: &str, at: usize) -> Option<(char, usize)> {
    let tail = &text.as_bytes()[at..];
    let tail = &tail[..tail.len().min(12)];
    let hex = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?;
        if !bytes.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        char::from_u32(u32::from_str_radix(text, 16).ok()?)
    };
    match tail {
        [b'&', b'#', b'x' | b'X', rest @ ..] => {
            let many = rest.iter().take_while(|b| b.is_ascii_hexdigit()).count();
            let c = hex(&rest[..many]).filter(|_| many > 0)?;
            Some((c, 3 + many + usize::from(rest.get(many) == Some(&b';'))))
        }
        [b'&', b'#', rest @ ..] => {
            let many = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            let value = std::str::from_utf8(&rest[..many]).ok()?.parse().ok()?;
            let c = char::from_u32(value)?;
            Some((c, 2 + many + usize::from(rest.get(many) == Some(&b';'))))
        }
        [b'&', rest @ ..] => {
            const NAMED: [(&[u8], char); 7] = [
                (b"nbsp;", '\u{a0}'),
                (b"shy;", '\u{ad}'),
                (b"ensp;", '\u{2002}'),
                (b"emsp;", '\u{2003}'),
                (b"ndash;", '\u{2013}'),
                (b"mdash;", '\u{2014}'),
                (b"zwnj;", '\u{200c}'),
            ];
            let (name, c) = NAMED.iter().find(|(name, _)| rest.starts_with(name))?;
            Some((*c, 1 + name.len()))
        }
        [b'\\', b'u', a, b, c, d, ..] => Some((hex(&[*a, *b, *c, *d])?, 6)),
        [b'\\', b'u', b'{', rest @ ..] => {
            let many = rest.iter().take_while(|b| b.is_ascii_hexdigit()).count();
            let c = hex(&rest[..many]).filter(|_| many > 0 && rest.get(many) == Some(&b'}'))?;
            Some((c, many + 4))
        }
        [b'\\', b'x', a, b, ..] => Some((hex(&[*a, *b])?, 4)),
        [b'%', b'u', b'0', b'0', a @ b'2'..=b'3', b, ..] => Some((hex(&[*a, *b])?, 6)),
        // Percent-encoding is read for ASCII digits and separators alone.
        [b'%', a @ b'2'..=b'3', b, ..] => Some((hex(&[*a, *b])?, 3)),
        _ => None,
    }
}

/// Steps back over look-alike letters that stand directly before the first digit, where the
/// word consists of nothing else (`OIO-6226`, `l38`); never before `floor`.
fn letters_before(text: &str, start: usize, floor: usize) -> usize {
    let mut at = start;
    let mut steps = 0;
    for (offset, c) in text[floor..start].char_indices().rev() {
        let gap = matches!(glyph::classify(c), Glyph::Gap(g) if g == Gap::DASH);
        if glyph::lookalike(c).is_some() && steps < 4 {
            at = floor + offset;
            steps += 1;
        } else if gap && at == start && steps == 0 {
            // A dash between a word of letters and the first digit: look through it once.
            steps += 1;
        } else {
            return if c.is_alphanumeric() && !is_cjk(c) {
                start
            } else {
                at
            };
        }
    }
    at
}

pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Reads one run into `cells`; returns where it ends.
fn read_run(text: &str, start: usize, cells: &mut Vec<Cell>) -> usize {
    let mut at = start;
    let mut gap = Gap::NONE;
    let mut separators = 0;
    // The sign that parts the groups, where it is none of the usual.
    let mut mark = None;
    // The end of the chunk whose letters pass for digits.
    let mut letters_until = at;
    let mut end = start;
    while cells.len() < MAX_RUN {
        let Some((c, len)) = decoded(text, at) else {
            break;
        };
        let (digit, style, letter) = match glyph::classify(c) {
            Glyph::Digit(digit, style) => (digit, style, false),
            Glyph::Invisible => {
                at += len;
                continue;
            }
            Glyph::Gap(kind) => {
                separators += 1;
                if separators > MAX_GAP {
                    break;
                }
                gap = gap.with(kind);
                at += len;
                continue;
            }
            Glyph::Other => {
                let Some(digit) = glyph::lookalike(c) else {
                    if inside::is_hundred(Some(c)) && inside::may_be_hundreds(text, at + len, cells)
                    {
                        cells.extend(inside::zeros(at, at + len));
                        at += len;
                        continue;
                    }
                    if separators == 0 && inside::is_spoken_dash(text, at + len, c, cells) {
                        separators += 1;
                        gap = gap.with(Gap::DASH);
                        at += len;
                        continue;
                    }
                    if separators == 0 && inside::closes_area(text, c, cells) {
                        separators += 1;
                        gap = gap.with(Gap::CLOSE);
                        at += len;
                        continue;
                    }
                    if let Some(len) = inside::concatenation(&text[at..]) {
                        at += len;
                        continue;
                    }
                    let one = separators == 0 && mark.is_none_or(|known| known == c);
                    let sign = || glyph::marks(c) || (c == '点' && cells.len() >= 3);
                    if one && sign() {
                        let behind = inside::behind_same(text, at + len, c);
                        if inside::may_be_marked(text, behind, cells) {
                            mark = Some(c);
                            separators += 1;
                            gap = gap.with(Gap::MARK);
                            at = behind;
                            continue;
                        }
                    }
                    break;
                };
                if at >= letters_until {
                    match chunk_end(text, at) {
                        Some(end) => letters_until = end,
                        None => break,
                    }
                }
                (digit, Style::Plain, true)
            }
        };
        let mut cell = Cell {
            digit,
            style,
            letter,
            gap,
            start: at,
            end: at + len,
        };
        keycap(text, &mut cell);
        if let Some(last) = cells.last()
            && gap == Gap::NONE
            && last.style != cell.style
        {
            cell.gap = Gap::STYLE;
        }
        at = cell.end;
        end = at;
        cells.push(cell);
        gap = Gap::NONE;
        separators = 0;
    }
    glued::dashes_of_one(text, cells);
    glued::part_from_hours(&text[end..], cells);
    glued::part(&text[end..], cells);
    glued::part_from_time(text, cells);
    glued::part_from_marker(cells);
    glued::part_from_landline(cells);
    end
}

/// `4` + U+20E3 is a keycap, used as a list marker like the circled digits.
fn keycap(text: &str, cell: &mut Cell) {
    let rest = &text[cell.end..];
    let rest = rest.strip_prefix('\u{fe0f}').unwrap_or(rest);
    if let Some(after) = rest.strip_prefix('\u{20e3}') {
        cell.end = text.len() - after.len();
        cell.style = Style::Enclosed;
    }
}

/// The end of the chunk of look-alikes and digits at `at`, or `None` where it holds any other
/// letter: then its letters are letters.
fn chunk_end(text: &str, at: usize) -> Option<usize> {
    for (many, (offset, c)) in text[at..].char_indices().enumerate() {
        if many > MAX_CHUNK {
            return None;
        }
        if glyph::lookalike(c).is_some()
            || matches!(glyph::classify(c), Glyph::Digit(_, Style::Plain))
        {
            continue;
        }
        return if c.is_alphabetic() && !is_cjk(c) {
            None
        } else {
            Some(at + offset)
        };
    }
    Some(text.len())
}
