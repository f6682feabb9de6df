//! Names out of adjacent tokens: pairs of a Latin and a Chinese half, known brands inside
//! longer runs, and what has to come off.

use crate::extract::region::{self, is_han, is_letter};

use super::behind::{is_neighbour, is_person};
use super::join::{Join, joins};
use super::lexicon::{LEXICON, Word};
use super::model;
use super::pair::{bracketed_half, pairs_over};
use super::token::{Kind, Token};

/// Characters that join a name to what stands before it.
pub const CONJUNCTIONS: &str = "和与及或跟";

/// A name by byte range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    start: usize,
    end: usize,
    /// Which brand of the list it is.
    pub known: Option<u16>,
    /// Made of everyday words only.
    pub everyday: bool,
    /// Its length in Chinese characters, three Latin letters being as good as one.
    pub chars: usize,
    /// Ranges of the Latin and the Chinese half, where it has both.
    halves: Vec<(usize, usize)>,
}

impl Name {
    /// The byte after its last.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The name goes on up to this byte.
    pub fn lengthen(&mut self, end: usize) {
        if let ([.., half], true) = (self.halves.as_mut_slice(), self.end < end) {
            (half.1, self.end) = (end, end);
        }
    }

    pub fn text<'a>(&self, line: &'a str) -> &'a str {
        line[self.start..self.end].trim()
    }

    pub fn aliases(&self, line: &str) -> Vec<String> {
        if self.halves.len() < 2 {
            return Vec::new();
        }
        let halves = self
            .halves
            .iter()
            .map(|(s, e)| line[*s..*e].trim().to_owned());
        halves
            .filter(|h| h != self.text(line) && is_word(h))
            .collect()
    }
}

/// Two letters side by side, or two Chinese characters: initials (`A.O.`) are nobody's name.
fn is_word(half: &str) -> bool {
    let mut before = false;
    half.chars().any(|c| {
        let letter = is_han(c) || is_letter(c);
        std::mem::replace(&mut before, letter) && letter
    })
}

impl Name {
    /// An everyday word at the end of an unknown Chinese name qualifies the product (`洛森迷你冰箱`)
    /// or is one that no list holds: the name without it.
    pub fn without_qualifier(mut self, line: &str) -> Self {
        let text = self.text(line);
        if self.known.is_some() || self.everyday || self.chars > 6 || !text.chars().all(is_han) {
            return self;
        }
        let cut = text.char_indices().skip(2).map(|(i, _)| i).find(|i| {
            let front = &text[..*i];
            text.len() - i >= 6
                && LEXICON.is_word(&text[*i..])
                // Said twice, it is the name's once.
                && !line[self.end..].starts_with(&text[*i..])
                && !LEXICON.is_prose(front)
                && !region::is_place(front)
        });
        if let Some(cut) = cut {
            self.chars -= text[cut..].chars().count();
            self.end = self.start + cut;
            self.halves = vec![(self.start, self.end)];
        }
        self
    }
}

impl Token {
    /// Stands between a name and its head without parting them.
    pub fn is_aside(&self) -> bool {
        matches!(
            self.kind,
            Kind::Place | Kind::Word(Word::Decor | Word::Skip)
        )
    }

    /// Offers a hotline, or widens such an offer.
    pub fn is_hot(&self) -> bool {
        matches!(self.kind, Kind::Word(Word::Hot | Word::Reach))
    }

    /// May be part of a name.
    pub fn is_name(&self) -> bool {
        matches!(
            self.kind,
            Kind::Han | Kind::Latin | Kind::Word(Word::Brand(_))
        )
    }
}

/// One part of a unit.
#[derive(Clone, Copy)]
pub struct Part {
    pub start: usize,
    pub end: usize,
    pub known: Option<u16>,
    pub han: bool,
}

/// A run of name tokens.
pub struct Run {
    /// Its first token, and the token after its last.
    pub first: usize,
    end: usize,
    /// The token after the run and what belongs to it.
    pub next: usize,
    /// A brand of the list is in it.
    pub known: bool,
    /// It is a letter with digits, and where they end.
    coded: Option<usize>,
    /// A Latin name in brackets behind it, and where the bracket closes.
    bracketed: Option<(Token, usize)>,
}

/// Digits of a line with a number of this country.
const MIN_DIGITS: usize = 10;

/// Parts of a run at most.
const MAX_PARTS: usize = 12;

impl Run {
    /// The run that starts at token `first`.
    pub fn at(line: &str, tokens: &[Token], first: usize) -> Self {
        let (mut at, mut parts, mut known) = (first, 0, false);
        while let Some(token) = tokens.get(at) {
            if parts > 0 && model::end(line, tokens, at).is_some() {
                break;
            }
            if token.is_name() {
                parts += 1;
                known |= token.kind != Kind::Han && token.kind != Kind::Latin;
            } else if !pairs_over(line, tokens, at) {
                break;
            }
            at += 1;
            if parts >= MAX_PARTS {
                break;
            }
        }
        let bracketed = bracketed_half(line, tokens, at);
        let coded = model::coded_name(tokens, first);
        Run {
            first,
            end: at,
            next: match (coded, &bracketed) {
                (Some(_), _) => at + 1,
                (None, Some((_, _, next))) => *next,
                (None, None) => at,
            },
            known,
            coded,
            bracketed: bracketed.map(|(half, end, _)| (half, end)),
        }
    }

    /// The names that the run is made of.
    pub fn names(&self, line: &str, tokens: &[Token]) -> Vec<Name> {
        let run = tokens[self.first..self.end].iter();
        let parts = run.filter(|t| t.is_name()).map(|t| part(line, t));
        let mut parts: Vec<Part> = parts.collect();
        if let Some(p) = parts.first_mut() {
            trim_front(line, tokens, self.first, p);
            p.end = self.coded.unwrap_or(p.end);
        }
        let mut names = resolve(line, &parts);
        let end = names.last().map(|n| n.end);
        names.retain_mut(|n| tidy(line, n));
        // What was taken off the Chinese half (`洛森锁(Losen)`) parts it from the bracket.
        if let (Some((token, close)), Some(last)) = (self.bracketed, names.last_mut())
            && end == Some(last.end)
        {
            last.halves = vec![(last.start, last.end), (token.start, token.end)];
            last.end = close;
        }
        names
    }
}

pub fn part(line: &str, token: &Token) -> Part {
    Part {
        start: token.start,
        end: token.end,
        known: match token.kind {
            Kind::Word(Word::Brand(b)) => Some(b),
            _ => None,
        },
        han: match token.kind {
            Kind::Han => true,
            Kind::Latin => false,
            _ => line[token.start..token.end].chars().any(is_han),
        },
    }
}

/// Takes off what belongs to the word before: conjunctions after a product, units of time and
/// count after digits.
fn trim_front(line: &str, tokens: &[Token], first: usize, part: &mut Part) {
    let text = &line[part.start..part.end];
    if part.known.is_none() && text.starts_with('修') && text.chars().count() >= 3 {
        part.start += '修'.len_utf8();
    }
    let Some(before) = first.checked_sub(1).map(|i| tokens[i].kind) else {
        return;
    };
    let text = &line[part.start..part.end];
    let cut = match before {
        Kind::Word(Word::Product(_)) | Kind::Close => CONJUNCTIONS,
        Kind::Digits => "年月日天号元个台款大条招步",
        // `哪里有洛森…`
        Kind::Word(word) if !matches!(word, Word::Brand(_)) && text.chars().count() >= 3 => "有",
        _ => return,
    };
    let text = &line[part.start..part.end];
    if part.known.is_none()
        && let Some(c) = text.chars().next()
        && cut.contains(c)
    {
        part.start += c.len_utf8();
    }
}

/// Joins parts to names.
fn resolve(line: &str, parts: &[Part]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    // Prose that follows a known brand ends the run for what comes after it.
    let mut previous: Option<Part> = None;
    for part in parts.iter().filter(|p| p.start < p.end) {
        let prose =
            part.known.is_none() && part.han && LEXICON.is_prose(&line[part.start..part.end]);
        let join = match (&previous, names.last()) {
            (Some(before), Some(last)) => joins(line, before, last, part, prose),
            _ => Join::New,
        };
        match join {
            Join::Skip => continue,
            Join::New => names.push(fresh(part, prose)),
            Join::Replace => {
                names.pop();
                names.push(fresh(part, prose));
            }
            Join::Extend => {
                // `joins` extends only what is there.
                if let Some(last) = names.last_mut() {
                    let pair = previous.is_some_and(|b| b.han != part.han);
                    if pair {
                        last.halves.push((part.start, part.end));
                    } else if let Some(half) = last.halves.last_mut() {
                        half.1 = part.end;
                    }
                    last.end = part.end;
                    let longer = last.known.is_some() && part.known.is_none() && !pair;
                    last.known = if longer {
                        None
                    } else {
                        last.known.or(part.known)
                    };
                    last.everyday &= prose;
                }
            }
        }
        previous = Some(*part);
    }
    names
}

fn fresh(part: &Part, prose: bool) -> Name {
    Name {
        start: part.start,
        end: part.end,
        known: part.known,
        everyday: prose,
        chars: 0,
        halves: vec![(part.start, part.end)],
    }
}

/// Ends like the first half of a sentence (`接到来电后`), and not with a word (`冰雪皇后`).
fn trails_off(text: &str) -> bool {
    let tail = text.char_indices().rev().nth(1).map_or(0, |(i, _)| i);
    text.ends_with(['后', '前', '时', '给', '到', '先']) && !LEXICON.is_word(&text[tail..])
}

/// Three Chinese numerals or more are a number, or a part of one (`四零零`).
fn is_numeral(text: &str) -> bool {
    let numeral = |c| "零〇○一二三四五六七八九十百千两幺壹贰叁肆伍陆柒捌玖".contains(c);
    text.chars().all(numeral) && text.chars().nth(2).is_some()
}

/// `shòu hòu`: says how a word is spoken.
fn is_pinyin(text: &str) -> bool {
    let tones = text
        .chars()
        .filter(|c| "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ".contains(*c));
    tones.count() >= 2 && text.chars().all(|c| c == ' ' || is_letter(c))
}

/// Takes off endings and says whether a name is left.
fn tidy(line: &str, name: &mut Name) -> bool {
    // `洛森洛森`: a name that was filled in twice.
    let text = &line[name.start..name.end];
    let twice = text.split_at_checked(text.len() / 2);
    if twice.is_some_and(|(a, b)| a == b) && text.len() >= 12 && text.chars().all(is_han) {
        name.end = name.start + text.len() / 2;
        name.halves = vec![(name.start, name.end)];
    }
    if name.known.is_none() {
        for end in ["等", "各", "牌", "锁", "表", "漆"] {
            let text = &line[name.start..name.end];
            if text.ends_with(end) && text.chars().count() >= 3 {
                name.end -= end.len();
                if let Some(half) = name.halves.last_mut() {
                    half.1 = name.end;
                }
            }
        }
    }
    // `洛森顿的售后`, where no person has it.
    if let Some(owner) = name.text(line).strip_suffix('的')
        && owner.chars().all(is_han)
        && LEXICON.strange(owner) >= 3
        && !is_person(owner)
        && name.known.is_none()
        && let [half] = name.halves.as_mut_slice()
    {
        name.end -= '的'.len_utf8();
        half.1 = name.end;
    }
    let text = name.text(line);
    let han = text.chars().filter(|c| is_han(*c)).count();
    let letters = text.chars().filter(|c| is_letter(*c)).count();
    name.chars = if han > 0 {
        han
    } else {
        letters.div_ceil(3).max(2)
    };
    if name.known.is_some() {
        // A name on the list may be an everyday word all the same (苹果, 先锋).
        name.everyday = LEXICON.is_prose(text);
        return true;
    }
    name.everyday |= han > 0 && LEXICON.is_prose(text);
    let coded = letters > 0 && text.ends_with(|c: char| c.is_ascii_digit());
    let sized = if han == 0 {
        (2..=24).contains(&letters) || coded
    } else {
        (2..=8).contains(&han) || (han == 1 && letters >= 2)
    };
    // Look-alikes of digits (`4OO`) that the number stage has left.
    let digits = text.chars().all(|c| matches!(c, 'O' | 'o' | 'I' | 'l'));
    let prose = text.ends_with(['的', '修', '谈', '说', '称'])
        || text.starts_with('的')
        || (han > 4 && (name.everyday || text.contains('的')))
        || (han >= if trails_off(text) { 4 } else { 5 } && LEXICON.strange(text) <= 1)
        || text.chars().any(|c| LEXICON.is_never(c))
        || is_neighbour(text)
        || is_pinyin(text);
    // `call the macro`, `Status Code 400: …`: in a foreign line a name has capitals, and a number.
    let small = || {
        text.split(' ')
            .any(|word| word.starts_with(char::is_lowercase))
    };
    let digits_of_line = || line.bytes().filter(u8::is_ascii_digit).count();
    let foreign =
        || han == 0 && !line.chars().any(is_han) && (small() || digits_of_line() < MIN_DIGITS);
    sized && !digits && !is_numeral(text) && letters <= 24 && !prose && !foreign()
}
