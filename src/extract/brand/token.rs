//! A line as tokens: listed words, places, numbers, punctuation, and the gaps between them in
//! which unknown names stand.

use crate::extract::fold::lower_case;
use crate::extract::number::Found;
use crate::extract::region::{self, is_han, is_letter};

use super::lexicon::{LEXICON, Marks, Word};

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
    /// A telephone number.
    Number,
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
    pub marks: Marks,
    pub start: usize,
    pub end: usize,
}

/// Tokens of one line at most: titles have about twenty.
const MAX_TOKENS: usize = 256;

impl Token {
    fn new(kind: Kind, start: usize, end: usize) -> Self {
        Token {
            kind,
            marks: Marks::default(),
            start,
            end,
        }
    }

    /// Can be what a name stands before.
    fn is_head(&self) -> bool {
        matches!(
            self.kind,
            Kind::Number | Kind::Word(Word::Product(_) | Word::Hot | Word::Reach | Word::Service)
        )
    }
}

/// Cuts a line in simplified characters into tokens; none where nothing in it could be claimed for a brand: no product
/// noun, no word of service, and no number. `numbers` are the telephone numbers in it, `lower` is
/// a buffer.
pub fn tokens(line: &str, numbers: &[Found], lower: &mut String, out: &mut Vec<Token>) {
    out.clear();
    let lower = lower_case(line, lower);
    let mut at = 0;
    for number in numbers.iter().map(|n| &n.range) {
        // A range that is none of this line's, or that its cut goes through, is left out.
        if number.start < at || line.get(number.clone()).is_none() {
            continue;
        }
        stretch(&line[..number.start], lower, at, out);
        if out.len() < MAX_TOKENS {
            out.push(Token::new(Kind::Number, number.start, number.end));
        }
        at = number.end;
    }
    stretch(line, lower, at, out);
    marques(line, out);
    second_words(line, out);
    if !out.iter().any(Token::is_head) {
        out.clear();
    }
}

/// A place before `牌` is a name (`上海牌手表`).
fn marques(line: &str, tokens: &mut [Token]) {
    for i in 1..tokens.len() {
        let (before, mark) = (tokens[i - 1], tokens[i]);
        if before.kind == Kind::Place && &line[mark.start..mark.end] == "牌" {
            tokens[i - 1].kind = Kind::Han;
        }
    }
}

/// `Lorsen Home智能锁`: an English word of the lists right before what is claimed belongs to the Latin
/// name before it.
fn second_words(line: &str, tokens: &mut [Token]) {
    let capital = |t: &Token| line[t.start..].starts_with(|c: char| c.is_ascii_uppercase());
    for i in 1..tokens.len().saturating_sub(2) {
        let [name, space, word, head] = [i - 1, i, i + 1, i + 2].map(|at| tokens[at]);
        let claimed = matches!(
            head.kind,
            Kind::Word(Word::Product(_) | Word::Hot | Word::Reach | Word::Service)
        );
        if name.kind == Kind::Latin
            && (space.kind, space.end - space.start) == (Kind::Space, 1)
            && word.kind == Kind::Word(Word::Skip)
            && word.end - word.start > 2
            && line[word.start..word.end].is_ascii()
            && (claimed && word.end == head.start)
            && capital(&name)
            && capital(&word)
        {
            tokens[i + 1].kind = Kind::Latin;
        }
    }
}

/// Tokens of `line` from byte `from` on.
fn stretch(line: &str, lower: &str, from: usize, out: &mut Vec<Token>) {
    let lower = &lower[..line.len()];
    let lexicon = &*LEXICON;
    let (mut at, mut start) = (from, from);
    while let Some(c) = lower[at..].chars().next()
        && out.len() < MAX_TOKENS
    {
        let Some((end, word, marks)) = lexicon.word(line, lower, at) else {
            at += c.len_utf8();
            continue;
        };
        // `石家庄市长安区…`: the county, and not the brand of its name.
        if matches!(word, Word::Brand(_)) && is_county(&line[at..], end - at) {
            at = end;
            continue;
        }
        // `北京东方…`: the place, and no brand that begins inside of it.
        if matches!(word, Word::Brand(_)) && is_in_place(line, start, at) {
            at = end;
            continue;
        }
        // `好易点晾衣机`: by itself only behind a listed word.
        if line[at..end] == *"点" && start < at {
            at = end;
            continue;
        }
        // `浪琴表`: as a product by itself only behind a name.
        if line[at..end] == *"表" && !is_watch(line, end, at, out) {
            at = end;
            continue;
        }
        // One character before a decoration of one character is a word of its own (`盾牌`).
        if word == Word::Decor && end - at == c.len_utf8() && is_single(line, from, start, at) {
            at = end;
            continue;
        }
        // `集美大学`: no brand ends in the half of a word for a school.
        if matches!(word, Word::Brand(_))
            && line[..end].ends_with('大')
            && line[end..].starts_with('学')
        {
            at = end;
            continue;
        }
        gap(line, start, at, out);
        if matches!(word, Word::Brand(_)) {
            part_conjunction(line, out);
        }
        if out.len() < MAX_TOKENS {
            out.push(Token {
                kind: Kind::Word(word),
                marks,
                start: at,
                end,
            });
        }
        (at, start) = (end, end);
    }
    gap(line, start, at, out);
}

/// `表` at `at` stands right behind a listed name, and begins no other word (`表示`).
fn is_watch(line: &str, end: usize, at: usize, out: &[Token]) -> bool {
    let named = out
        .last()
        .is_some_and(|t| t.end == at && matches!(t.kind, Kind::Word(Word::Brand(_))));
    named && !line[end..].starts_with(|c| "示面现明态演彰决述达扬白情格单层".contains(c))
}

/// A county's full name that is longer than the `len` bytes of a brand stands at the start.
fn is_county(text: &str, len: usize) -> bool {
    text[len..].starts_with(['区', '县', '市']) && region::leading_place(text) > len
}

/// A place that starts at `start`, one or two characters before `at`, goes on behind it.
fn is_in_place(line: &str, start: usize, at: usize) -> bool {
    let near = (1..=2 * '京'.len_utf8()).contains(&(at - start));
    near && start + region::leading_place(&line[start..]) > at
}

/// The line's first character, a Chinese one, is all that stands between `start` and `at`.
fn is_single(line: &str, from: usize, start: usize, at: usize) -> bool {
    let mut gap = line[start..at].chars();
    start == from && gap.next().is_some_and(is_han) && gap.next().is_none()
}

/// Tokens of a stretch without listed words.
fn gap(line: &str, from: usize, to: usize, out: &mut Vec<Token>) {
    let mut at = from;
    while at < to && out.len() < MAX_TOKENS {
        let rest = &line[at..to];
        // The loop's condition leaves at least one character.
        let Some(c) = rest.chars().next() else { break };
        // `洛森®智能锁`: part of no word, and parts none.
        if matches!(c, '®' | '™' | '©' | '℠') {
            at += c.len_utf8();
            continue;
        }
        let (kind, len) = if joins(rest, at, out) {
            (Kind::Join, c.len_utf8())
        } else if c == '·' && goes_on(rest, at, out) {
            (Kind::Han, run(rest, |c| is_han(c) || c == '·'))
        } else if is_han(c) {
            match place(rest) {
                0 => {
                    let len = run(rest, |c| is_han(c) || c == '·');
                    // A point at the end parts the name from what follows, but for a Latin half.
                    let len = match rest[len..].starts_with(is_letter) {
                        true => len,
                        false => rest[..len].trim_end_matches('·').len(),
                    };
                    if let Some((cut, join)) = conjunction(&rest[..len]) {
                        out.push(Token::new(Kind::Han, at, at + cut));
                        at += cut;
                        (Kind::Join, join)
                    } else {
                        (Kind::Han, len - trailing_place(&rest[..len]))
                    }
                }
                len => (Kind::Place, len),
            }
        } else if c.is_ascii_digit() {
            let len = run(rest, |c| c.is_ascii_digit());
            (Kind::Digits, len + measured(rest, len))
        } else if is_letter(c) {
            match latin(rest) {
                len if is_versus(line, at, at + len) => (Kind::Join, len),
                len => (Kind::Latin, len),
            }
        } else {
            (punctuation(c), c.len_utf8())
        };
        out.push(Token::new(kind, at, at + len));
        at += len;
    }
}

/// Bytes of the unit behind `len` digits, unless these begin a telephone number.
fn measured(rest: &str, len: usize) -> usize {
    match &rest[..len] {
        "400" | "800" => 0,
        _ => LEXICON.measure(&rest[len..]),
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

/// A point between the halves of a name whose first half is listed (`阿特拉斯·科普柯`).
fn goes_on(rest: &str, at: usize, out: &[Token]) -> bool {
    let listed = out
        .last()
        .is_some_and(|t| t.end == at && matches!(t.kind, Kind::Word(Word::Brand(_))));
    listed && rest.chars().nth(1).is_some_and(is_han)
}

/// A conjunction between a listed name and another (`美的与洛维森`).
fn joins(rest: &str, at: usize, out: &[Token]) -> bool {
    let listed = out
        .last()
        .is_some_and(|t| t.end == at && matches!(t.kind, Kind::Word(Word::Brand(_))));
    listed
        && rest.starts_with(['和', '与', '及', '跟'])
        && rest.chars().take_while(|c| is_han(*c)).count() >= 3
        && !LEXICON.is_prose(&rest[..run(rest, is_han)])
}

/// Where two names are joined (`洛森和贝澜顿`): names of three characters or more, as two hold the
/// same character inside (`永和居`).
fn conjunction(run: &str) -> Option<(usize, usize)> {
    if !(15..=48).contains(&run.len()) {
        return None;
    }
    let (i, c) = run.char_indices().find(|(_, c)| matches!(c, '和' | '与'))?;
    let (left, right) = (run[..i].chars().count(), run[i..].chars().count() - 1);
    (left >= 2 && right >= 2).then_some((i, c.len_utf8()))
}

/// `洛森顿和海尔`: parts the conjunction from an unknown name before a listed one.
fn part_conjunction(line: &str, out: &mut Vec<Token>) {
    let Some(name) = out.last_mut().filter(|t| t.kind == Kind::Han) else {
        return;
    };
    let text = &line[name.start..name.end];
    let front = text.strip_suffix(['和', '与', '及', '跟']);
    if let Some(front) = front
        && LEXICON.strange(front) >= 2
        && front.chars().count() <= 5
    {
        let (cut, end) = (name.start + front.len(), name.end);
        name.end = cut;
        out.push(Token::new(Kind::Join, cut, end));
    }
}

/// Latin words between Chinese names that make a list of them (`格力vs美的`).
fn is_versus(line: &str, at: usize, end: usize) -> bool {
    let word = &line[at..end];
    ["vs", "or", "pk"]
        .iter()
        .any(|w| word.eq_ignore_ascii_case(w))
        && line[..at].ends_with(is_han)
        && line[end..].starts_with(is_han)
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
        // `★洛森★热水器`, `"洛森"热水器`: set off as by spaces.
        '"' | '＂' | '★' | '☆' | '●' | '◆' | '■' | '▲' | '▼' | '※' | '✔' | '✅' | '❤' | '♥' => {
            Kind::Space
        }
        '、' | '/' | ',' | '，' | '&' | '+' | '／' | '＆' | '＋' | '\\' => Kind::Join,
        '(' | '（' | '[' | '【' | '「' | '『' | '《' | '〈' | '<' | '“' | '‘' | '{' | '［'
        | '〖' => Kind::Open,
        ')' | '）' | ']' | '】' | '」' | '』' | '》' | '〉' | '>' | '”' | '’' | '}' | '］'
        | '〗' => Kind::Close,
        _ => Kind::Break,
    }
}
