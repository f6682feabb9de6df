//! What the words around digits say about them.

use std::cell::Cell;

use super::scan::is_cjk;
use super::words::{LABELS, UNITS};
use crate::extract::fold;

/// What the nearest word before a number announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    Phone,
    Service,
    Company,
    /// A firm with a code of its own; it counts right before one only.
    House,
    Id,
    Count,
}

/// What the text goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    Unit,
    /// A unit of small figures: time, length, weight.
    Small,
    Phone,
    Open,
}

/// The nearest label before a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    pub label: Label,
    /// Nothing but `:`, `是`, `号` and the like stands between label and number.
    pub direct: bool,
}

/// What stood before a text and may announce a number at its start. It is read only where a
/// number asks for it.
#[derive(Debug, Clone, Copy)]
pub enum Hint<'a> {
    None,
    /// The block before, and a note that it was read.
    Block(&'a str, &'a Cell<bool>),
    /// The name of the attribute, variable or key that holds the text.
    Name(&'a str),
}

impl Hint<'_> {
    pub fn label(self) -> Option<Before> {
        match self {
            Hint::None => None,
            Hint::Block(text, asked) => {
                asked.set(true);
                ending(text).filter(|label| label.direct)
            }
            Hint::Name(name) => name_label(name),
        }
    }
}

/// Labels are looked for in at most this many bytes before a number (about 24 characters).
const WINDOW: usize = 72;
/// And units in this many bytes after it.
const AFTER_WINDOW: usize = 16;

/// The last `bytes` bytes of `text` before `end`, from a character on.
pub fn tail(text: &str, end: usize, bytes: usize) -> &str {
    let mut from = end.saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..end]
}

/// The first `bytes` bytes of `text` from `start`, up to a character's end.
pub fn head(text: &str, start: usize, bytes: usize) -> &str {
    let mut to = (start + bytes).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    &text[start..to]
}

/// The nearest label before `start`, in the same sentence.
pub fn before(text: &str, start: usize) -> Option<Before> {
    let window = tail(text, start, WINDOW);
    // `客服电话是多少？95…`: the question is answered.
    let asked = window.trim_end_matches(['？', '?', ' ']);
    let window = match asked.strip_suffix("多少") {
        Some(question) if asked.len() < window.len() => question,
        _ => window,
    };
    let sentence = window
        .rfind(['\n', '。', '！', '？', '!', '?', '；', ';'])
        .map_or(window, |at| {
            let mut rest = window[at..].chars();
            rest.next();
            rest.as_str()
        });
    nearest(sentence)
}

/// Does a word for telephone or service stand right before `start`?
pub fn calls(text: &str, start: usize) -> bool {
    matches!(
        before(&fold::simple(text), start),
        Some(Before {
            label: Label::Phone | Label::Service,
            direct: true,
        })
    )
}

/// The label that a whole short text ends in: for a cell or block before the number's own.
pub fn ending(text: &str) -> Option<Before> {
    nearest(&fold::simple(tail(text, text.len(), WINDOW)))
}

/// Does the name of a function speak of telephones?
pub fn names_telephone(name: &str) -> bool {
    name_label(name).is_some_and(|before| before.label == Label::Phone)
}

/// What the name of an attribute, variable or key announces: `data-tel`, `phoneNumber`, `itemId`.
fn name_label(name: &str) -> Option<Before> {
    let words = name.replace(['-', '_', '.', '$'], " ");
    let identifier = words.ends_with("id") || words.ends_with("Id") || words.ends_with("ID");
    if identifier {
        return Some(Before {
            label: Label::Id,
            direct: true,
        });
    }
    let hint = ending(&words).filter(|label| label.direct);
    hint.or_else(|| {
        let lower = words.to_ascii_lowercase();
        ["phone", "tel", "mobile", "hotline"]
            .iter()
            .any(|word| {
                lower
                    .split(' ')
                    .any(|part| part.starts_with(word) || part.ends_with(word))
            })
            .then_some(Before {
                label: Label::Phone,
                direct: true,
            })
    })
}

fn nearest(sentence: &str) -> Option<Before> {
    let mut last: Option<(usize, Label)> = None;
    LABELS.each(sentence, |found, mut label| {
        if !whole_word(sentence, found.start, found.end) {
            return;
        }
        // `电话（京东）…`, `京东价…`: the name of a firm alone says nothing about what follows later.
        if label == Label::House && !only_connectors(&sentence[found.end..]) {
            return;
        }
        // `电话/QQ：` announces both.
        if let Some((end, Label::Phone)) = last
            && label == Label::Id
            && matches!(
                &sentence[end..found.start],
                "/" | "／" | "、" | "|" | "&" | "及" | "和" | "或"
            )
        {
            label = Label::Phone;
        }
        // `电信客服10000`: the company's.
        if let Some((end, Label::Company)) = last
            && label == Label::Service
            && end == found.start
        {
            label = Label::Company;
        }
        last = Some((found.end, label));
    });
    let direct = last.is_some_and(|(end, _)| only_connectors(&sentence[end..]));
    if !direct && ends_in_some_number(sentence) {
        return Some(Before {
            label: Label::Id,
            direct: true,
        });
    }
    let (_, label) = last?;
    Some(Before { label, direct })
}

/// `耳标号：`: the number of something that no list has, as a colon and the word before it say.
/// House numbers (`12号：`) and whose number it is (`我的号：`) say nothing.
fn ends_in_some_number(sentence: &str) -> bool {
    let named = sentence.trim_end().strip_suffix([':', '：']);
    let mut back = named.unwrap_or_default().trim_end().chars().rev();
    back.next() == Some('号')
        && back
            .next()
            .is_some_and(|c| is_cjk(c) && !"零〇一二三四五六七八九十百的个此该本同".contains(c))
}

/// ASCII labels count as whole words only; so `hotel` announces nothing.
fn whole_word(text: &str, start: usize, end: usize) -> bool {
    let word = &text[start..end];
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let ascii_start = word.as_bytes()[0].is_ascii_alphabetic();
    let ascii_end = word.as_bytes()[word.len() - 1].is_ascii_alphabetic();
    let upper = word.starts_with(|c: char| c.is_ascii_uppercase());
    let before = text[..start].chars().next_back();
    // `serviceTel` is two words, `hotel` is one.
    let camel = upper && before.is_some_and(|c| c.is_ascii_lowercase());
    let short_qq = word.eq_ignore_ascii_case("qq");
    (!ascii_start || camel || short_qq || !letter(before))
        && (!ascii_end || !letter(text[end..].chars().next()))
}

/// What may stand between a label and its number.
const CONNECTORS: &str = ":：为為是号號码碼#＃=.-－—(（\"“”'‘[【「『<>《/|_+→☎☏✆📞请拨打在至到了有、，,★*~㊣\u{200b}\u{feff}`｜▲◆●";

/// Between a label and its number: punctuation and a few small words, at most eight characters.
fn only_connectors(between: &str) -> bool {
    let mut many = 0;
    for c in between.chars() {
        many += 1;
        let fits = c.is_whitespace() || CONNECTORS.contains(c);
        if !fits || many > 8 {
            return false;
        }
    }
    true
}

/// Does another way of contact, with its own label, stand at `end`?
pub fn contact_follows(text: &str, end: usize) -> bool {
    const WORDS: [&str; 11] = [
        "qq", "wx", "vx", "tel", "fax", "email", "e-mail", "mail", "http", "add", "mobile",
    ];
    let rest = head(text, end, 12);
    let starts = |word: &&str| {
        let own = rest.get(..word.len());
        let next = rest.get(word.len()..).and_then(|r| r.chars().next());
        let ends = next.is_none_or(|c| !c.is_ascii_alphabetic());
        own.is_some_and(|own| own.eq_ignore_ascii_case(word)) && (ends || *word == "http")
    };
    WORDS.iter().any(starts) || rest.starts_with("www.")
}

/// Does `text` end in the name of a function and its bracket? Labels and people's names are
/// written with a capital or in Chinese.
pub fn ends_in_call(text: &str) -> bool {
    let Some(name) = text.strip_suffix('(') else {
        return false;
    };
    let lower = name
        .bytes()
        .rev()
        .take_while(u8::is_ascii_lowercase)
        .count();
    let before = name[..name.len() - lower].chars().next_back();
    lower >= 2 && !before.is_some_and(char::is_uppercase)
}

/// Does `text` end in the name of a host, with nothing behind its top-level domain?
pub fn ends_in_host(text: &str) -> bool {
    const TOP: [&str; 16] = [
        "com", "cn", "net", "org", "top", "vip", "xyz", "shop", "site", "online", "info", "cc",
        "ltd", "club", "tech", "store",
    ];
    let word = tail(text, text.len(), 80);
    let host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/');
    let start = word.rfind(|c| !host(c)).map_or(0, |at| {
        at + word[at..].chars().next().map_or(0, char::len_utf8)
    });
    let name = &word[start..];
    let bare = name
        .strip_prefix("https://")
        .or(name.strip_prefix("http://"));
    let bare = bare.unwrap_or(name);
    let announced = bare.len() < name.len() || bare.starts_with("www.");
    match bare.rsplit_once('.') {
        Some((rest, last)) => {
            let whole = !rest.is_empty() && !bare.contains([':', '/']) && !bare.contains("..");
            let letters = last.len() >= 2 && last.bytes().all(|b| b.is_ascii_lowercase());
            whole && letters && (announced || TOP.contains(&last))
        }
        None => false,
    }
}

/// What follows a number: the longest known word right behind it, at most one space between.
pub fn after(text: &str, end: usize) -> Option<After> {
    let window = head(text, end, AFTER_WINDOW);
    let rest = window.trim_start_matches([' ', '\u{3000}', '\u{a0}']);
    let spaced = rest.len() < window.len();
    let (len, class) = UNITS.first(rest)?;
    let (word, behind) = rest.split_at(len);
    let next = behind.chars().next();
    if word.ends_with(|c: char| c.is_ascii_alphabetic())
        && next.is_some_and(|c| c.is_ascii_alphanumeric())
    {
        return None;
    }
    // `0571-… M:139…`: the letter is a label.
    if word.is_ascii() && matches!(next, Some(':' | '：')) {
        return None;
    }
    // `400-… 元旦…`: a unit stands right behind its digits; Latin ones may be set off.
    if matches!(class, After::Unit | After::Small) && spaced && word.chars().all(is_cjk) {
        return None;
    }
    Some(class)
}

/// Does the name of a bank, carrier or public service follow at `end`, a bracket or a bar between
/// at most?
pub fn owner_follows(text: &str, end: usize) -> bool {
    let rest = head(text, end, 36);
    let bare = rest.trim_start_matches([' ', '(', '（', '|', '｜', '-', '—', '－']);
    let tied = bare.len() == rest.len() || !rest.trim_start_matches(' ').starts_with(is_cjk);
    let name = bare.find(|c| !is_cjk(c)).map_or(bare, |at| &bare[..at]);
    let mut last = None;
    LABELS.each(name, |found, label| last = Some((found.end, label)));
    tied && last == Some((name.len(), Label::Company))
}

/// Does the name of a bank, carrier or public service stand in brackets of its own at `end`
/// (`10086（移动）`)?
pub fn owner_in_brackets(text: &str, end: usize) -> bool {
    let inner = text[end..].strip_prefix(['(', '（']);
    let name = inner.and_then(|inner| head(inner, 0, 36).split_once([')', '）']));
    name.is_some_and(|(name, _)| name.chars().all(is_cjk)) && owner_follows(text, end)
}

/// Is it said at `end`, behind a quotation mark at most, that it is a telephone's number
/// (`“96110”是全国统一的咨询电话`)?
pub fn is_said_to_be_one(text: &str, end: usize) -> bool {
    let rest = head(text, end, 72).trim_start_matches(['”', '’', '"', '」', '』']);
    let clause = rest.find(['。', '，', '；', ',', '、', '\n', '！', '？', '（', '(']);
    let clause = clause.map_or(rest, |at| &rest[..at]);
    clause.starts_with(['是', '为'])
        && ["电话", "热线", "专线"]
            .iter()
            .any(|word| clause.ends_with(word))
}

/// Does a unit follow at `end`, however many spaces before it (`京东 95533 元`)?
pub fn counts(text: &str, end: usize) -> bool {
    let rest = head(text, end, AFTER_WINDOW).trim_start();
    let found = UNITS.first(rest);
    found.is_some_and(|(_, class)| matches!(class, After::Unit | After::Small))
}

/// Does `text` end in a listed brand of two characters or more, a space behind it at most?
pub fn ends_in_brand(text: &str) -> bool {
    const LONGEST: usize = 24;
    let near = tail(text, text.len(), LONGEST);
    let near = near.strip_suffix(' ').unwrap_or(near);
    near.char_indices().any(|(at, first)| {
        let before = near[..at].chars().next_back();
        let inside =
            first.is_ascii_alphabetic() && before.is_some_and(|c| c.is_ascii_alphanumeric());
        !inside && UNITS.first(&near[at..]) == Some((near.len() - at, After::Open))
    })
}

/// A word for telephoning within a few characters behind the number (`12315投诉`, `95588为您服务`).
pub fn phone_soon_after(text: &str, end: usize) -> bool {
    let window = head(text, end, 24);
    let clause = window
        .find(['。', '，', '；', ',', '、', '\n', '！', '？', '（', '('])
        .map_or(window, |at| &window[..at]);
    clause
        .char_indices()
        .any(|(at, _)| matches!(after(clause, at), Some(After::Phone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str) -> Option<(Label, bool)> {
        before(text, text.len()).map(|b| (b.label, b.direct))
    }

    #[test]
    fn the_nearest_label_decides() {
        assert_eq!(label("QQ:12345 电话："), Some((Label::Phone, true)));
        assert_eq!(label("电话咨询QQ："), Some((Label::Id, true)));
        assert_eq!(label("订单电话是"), Some((Label::Phone, true)));
        assert_eq!(label("Grand Hotel "), None);
        assert_eq!(label("Tel. No"), Some((Label::Phone, true)));
        assert_eq!(label("热线已经开通。"), None);
        assert_eq!(label("产品编号:"), Some((Label::Id, true)));
    }

    #[test]
    fn the_longest_word_behind_decides() {
        assert_eq!(after("人工服务", 0), Some(After::Phone));
        assert_eq!(after("人", 0), Some(After::Unit));
        assert_eq!(after("mm", 0), Some(After::Unit));
        assert_eq!(after("much", 0), None);
        assert!(phone_soon_after("为您服务", 0));
        assert!(!phone_soon_after("，电话", 0));
    }
}
