//! Strings that are more than joined literals: templates, replacements, what is turned round or
//! encoded, and what a script puts on the page in pieces.

use super::super::decode;
use super::super::joined::{Joined, Pieces};
use super::super::lexer::Position;
use super::{MAX_VALUE, Machine, ScriptString, Value};

/// Stands in a template for what is not known: no part of a number.
const UNKNOWN: &str = "\u{fffc}";

/// Does this function put its argument on the page?
pub fn writes(name: &str) -> bool {
    matches!(name, "document.write" | "document.writeln")
}

impl<'a, F: FnMut(ScriptString<'a>)> Machine<'a, F> {
    /// A literal in quotes.
    pub fn quoted(&mut self, text: String, offset: usize) {
        let raw = &self.lexer.body[offset..self.lexer.at];
        if raw.starts_with('`') && text.contains("${") {
            let joined = self.filled(&text, offset);
            self.operand(joined, offset, false, false);
        } else {
            let coded = escapes_digits(raw);
            // Tags around the digits are to be seen as such.
            let html = coded.then(|| decode::percent(&text, "%3C")).flatten();
            self.literal(html.unwrap_or(text), offset, false);
            if !coded {
                return;
            }
        }
        if let Some(value) = &mut self.value {
            value.pieces += 1;
        }
    }

    /// A template with what its `${…}` stand for: literals, and variables that are known.
    fn filled(&mut self, text: &str, offset: usize) -> Joined {
        let mut position = Position::of(self.lexer.body, offset);
        let mut piece = |text: &str, at: usize| {
            position.to(at);
            Joined {
                text: text.to_owned(),
                pieces: Pieces::at(position.at),
            }
        };
        let mut whole = Joined::default();
        let mut at = 0;
        while let Some(open) = text[at..].find("${").map(|open| at + open)
            && let Some(close) = text[open..].find('}').map(|close| open + close)
        {
            whole.push(&piece(&text[at..open], at));
            let inner = text[open + 2..close].trim();
            let start = open + 2 + text[open + 2..].find(inner).unwrap_or_default();
            let known = self.variables.get(inner);
            if let Some(literal) = unquoted(inner) {
                whole.push(&piece(literal, start + 1));
            } else if inner.bytes().all(|b| b.is_ascii_digit()) {
                whole.push(&piece(inner, start));
            } else if let Some(known) = known.filter(|known| known.text.len() <= self.budget) {
                self.budget -= known.text.len();
                whole.push(known);
            } else {
                whole.push(&piece(UNKNOWN, start));
            }
            at = close + 1;
        }
        whole.push(&piece(&text[at..], at));
        whole
    }

    /// A text that no literal holds as it stands.
    pub fn composed(&mut self, text: String, offset: usize) {
        self.literal(text, offset, false);
        if let Some(value) = &mut self.value {
            value.pieces += 1;
        }
    }

    /// `("NDAw…")` behind `atob`.
    pub fn decoded(&mut self, name: &str) -> Option<String> {
        if !(name.ends_with("atob") || name.ends_with("ase64.decode")) {
            return None;
        }
        let (text, len) = decode::base64_call(&self.lexer.body[self.lexer.at..])?;
        self.lexer.at += len;
        Some(text)
    }

    /// `"…".split("").reverse().join("")`, or the same with a variable.
    pub fn reversed(&mut self, name: &'a str, offset: usize) -> bool {
        let Some(variable) = name.strip_suffix(".split") else {
            return false;
        };
        let Some(len) = decode::reversal(&self.lexer.body[self.lexer.at..]) else {
            return false;
        };
        let text = match (variable, &self.value) {
            ("", Some(value)) => Some((value.joined.text.clone(), value.offset)),
            ("", None) => None,
            _ => self
                .variables
                .get(variable)
                .map(|v| (v.text.clone(), offset)),
        };
        let Some((text, offset)) =
            text.filter(|(text, _)| text.len() <= self.budget.min(MAX_VALUE))
        else {
            return false;
        };
        self.budget -= text.len();
        if variable.is_empty() {
            self.value = None;
        }
        self.lexer.at += len;
        self.composed(text.chars().rev().collect(), offset);
        true
    }

    /// `.concat("…", "…")`, whose arguments join what stands before it.
    pub fn concatenated(&mut self, name: &'a str, offset: usize) {
        let variable = name.strip_suffix(".concat").unwrap_or_default();
        if !variable.is_empty() {
            let known = self.variables.get(variable).cloned();
            self.flush_keeping_key();
            if let Some(known) = known.filter(|known| known.text.len() <= self.budget) {
                self.budget -= known.text.len();
                self.operand(known, offset, false, true);
            }
        }
        self.joining = self.value.is_some();
        self.name = Some("concat");
    }

    /// The variable that is meant, where `...` stands before it, or nothing does but `...` alone.
    pub fn spreads(&mut self, name: &'a str) -> &'a str {
        let Some(variable) = name.strip_prefix("...") else {
            return name;
        };
        self.spread = self.list.as_ref().is_some_and(|(list, _)| list.is_empty());
        variable
    }

    /// `[..."…"].reverse().join("")`.
    pub fn turned(&mut self, name: &str) -> bool {
        let Some(([text], start)) = self.closed_list.as_ref().map(|(l, at)| (l.as_slice(), *at))
        else {
            return false;
        };
        let rest = &self.lexer.body[self.lexer.at..];
        let length = match name {
            ".reverse" if self.spread && text.text.len() <= self.budget => decode::rejoining(rest),
            _ => None,
        };
        let Some(length) = length else {
            return false;
        };
        let text: String = text.text.chars().rev().collect();
        self.budget -= text.len();
        self.lexer.at += length;
        self.closed_list = None;
        self.composed(text, start);
        true
    }

    /// `"…".replace(/x/g, "")`, or the same with a variable.
    pub fn replaced(&mut self, name: &'a str, offset: usize) -> bool {
        let call = name
            .strip_suffix(".replaceAll")
            .map(|variable| (variable, true));
        let call = call.or_else(|| Some((name.strip_suffix(".replace")?, false)));
        let Some((variable, all)) = call else {
            return false;
        };
        let Some((replacement, len)) = decode::replacement(&self.lexer.body[self.lexer.at..])
        else {
            return false;
        };
        let text = match (variable, &self.value) {
            ("", Some(value)) => Some((value.joined.text.as_str(), value.offset)),
            ("", None) => None,
            _ => {
                let known = self.variables.get(variable);
                known.map(|known| (known.text.as_str(), offset))
            }
        };
        let room = self.budget.min(MAX_VALUE);
        let Some((text, offset)) = text.filter(|(text, _)| text.len() <= room) else {
            return false;
        };
        let Some(text) = replacement.of(text, all, room) else {
            return false;
        };
        self.budget -= text.len();
        if variable.is_empty() {
            self.value = None;
        }
        self.lexer.at += len;
        self.composed(text, offset);
        true
    }

    /// Puts a value on the page, behind what stands there.
    pub fn write(&mut self, value: Value) {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let full = |text: &str| text.bytes().filter(u8::is_ascii_digit).count() >= 10;
        if let Some(written) = &mut self.written {
            let (before, text) = (&written.joined.text, &value.joined.text);
            // Two whole numbers that nothing parts are no longer one.
            let meet = digit(before.chars().next_back()) && digit(text.chars().next());
            let apart = meet && full(before) && full(text);
            if !apart && before.len() + text.len() <= MAX_VALUE * 4 {
                written.joined.push(&value.joined);
                written.pieces += value.pieces;
                written.from_variable &= value.from_variable;
                return;
            }
            self.pour();
        }
        self.written = Some(value);
    }

    /// Hands on what was put on the page.
    pub fn pour(&mut self) {
        let Some(value) = self.written.take() else {
            return;
        };
        if !value.from_variable || value.pieces > 1 {
            self.emit_as(value.joined, value.offset, value.pieces > 1, None);
        }
    }
}

/// What several scripts in a row put on the page, each of them a part of a number and nothing else:
/// `each` is called with the index of the first and the parts, joined by dashes.
pub fn over_several(scripts: &[String], mut each: impl FnMut(usize, Written)) {
    let mut row: Option<(usize, Written)> = None;
    for (index, script) in scripts.iter().enumerate() {
        match (only_writes(script), &mut row) {
            (Some((part, _)), Some((_, whole))) if whole.text.len() < MAX_PART * 4 => {
                whole.text.push('-');
                whole.text.push_str(part);
                whole.parts += 1;
            }
            (part, _) => {
                let done = row.take().filter(|(_, whole)| whole.parts > 1);
                done.into_iter().for_each(|(at, whole)| each(at, whole));
                row = part.map(|(part, offset)| {
                    let text = part.to_owned();
                    (
                        index,
                        Written {
                            text,
                            offset,
                            parts: 1,
                        },
                    )
                });
            }
        }
    }
    let done = row.filter(|(_, whole)| whole.parts > 1);
    done.into_iter().for_each(|(at, whole)| each(at, whole));
}

/// A text that scripts write one after the other.
pub struct Written {
    pub text: String,
    /// Byte offset of its first part in the first script.
    pub offset: usize,
    parts: usize,
}

/// Bytes of a number's part that one script writes.
const MAX_PART: usize = 16;

/// The digits that a script writes which does nothing else, and where in it they stand:
/// `document.write("400");`.
fn only_writes(script: &str) -> Option<(&str, usize)> {
    let near = script.trim();
    let inner = near.strip_prefix("document.write")?;
    let inner = inner
        .strip_prefix("ln")
        .unwrap_or(inner)
        .trim_end_matches(';');
    let literal = inner.trim().strip_prefix('(')?.strip_suffix(')')?.trim();
    let digits = unquoted(literal)?;
    let part = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b' ');
    let fits = digits.len() <= MAX_PART && digits.bytes().all(part);
    // The quote before them has no digits in front of it.
    let offset = script.find(literal)? + 1;
    (fits && digits.bytes().any(|b| b.is_ascii_digit())).then_some((digits, offset))
}

/// Are digits written as escapes (`\x34`, `\u0034`, `\u{34}`, all of a number as `%34`), which
/// nobody needs?
fn escapes_digits(raw: &str) -> bool {
    /// Fewer stand in addresses by chance.
    const MANY: usize = 5;
    let escapes = |start: &str| {
        let digit = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        let found = raw.match_indices(start);
        found
            .filter(|(at, _)| digit(&raw[at + start.len()..]))
            .take(MANY)
            .count()
    };
    let bytes = raw.as_bytes();
    (memchr::memchr(b'\\', bytes).is_some()
        && ["\\x3", "\\u003", "\\u{3", "\\6", "\\06"]
            .iter()
            .any(|start| escapes(start) > 0))
        || (memchr::memchr(b'%', bytes).is_some() && escapes("%3") >= MANY)
}

/// The text of a literal that is nothing but it.
pub fn unquoted(literal: &str) -> Option<&str> {
    ['"', '\'', '`'].into_iter().find_map(|quote| {
        let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner)
    })
}

#[cfg(test)]
mod tests {
    use super::super::texts;

    #[test]
    fn templates_are_filled_with_what_is_known() {
        let body = "var a='400',b=`电话${a}-${ '765' }${10}${32}`;";
        assert_eq!(texts(body), ["电话400-7651032"]);
        // What is not known parts its neighbours, and an open brace is text.
        assert_eq!(texts("`400-${x}765`"), ["400-\u{fffc}765"]);
        assert_eq!(texts("`40076${`"), ["40076${"]);
    }

    #[test]
    fn what_is_replaced_is_replaced() {
        assert_eq!(texts("w('4x0x0x7x6'.replace(/x/g,''))"), ["40076"]);
        assert_eq!(
            texts("w('4x0y0x7y6'.replace(/x/g,'').replace(/y/g,''))"),
            ["40076"]
        );
        assert_eq!(
            texts("var s='40#32';f(s.replace('#','076'))"),
            ["40#32", "4007632"]
        );
        // A function is not run.
        assert_eq!(texts("f('40x76'.replace(/x/g, g))"), ["40x76"]);
    }

    #[test]
    fn arguments_of_concat_join_and_spread_texts_turn() {
        assert_eq!(
            texts("f('40'.concat('0765','10'),'40033')"),
            ["40076510", "40033"]
        );
        assert_eq!(texts("a='40';f(a.concat('07651'))"), ["4007651"]);
        assert_eq!(texts("f(list.concat('40076','51032'))"), ["40076", "51032"]);
        assert_eq!(texts("f([...'67004'].reverse().join(''))"), ["40076"]);
        let variable = "s='67004';f([...s].reverse().join(''))";
        assert_eq!(texts(variable), ["67004", "40076"]);
        assert_eq!(texts("[...'67004'].join('')"), ["67004"]);
    }

    #[test]
    fn what_is_written_in_pieces_stands_in_a_row() {
        let write = |parts: &[&str]| -> String {
            let call = |part: &&str| format!("document.write('{part}');");
            parts.iter().map(call).collect()
        };
        assert_eq!(texts(&write(&["400-765", "-10", "32"])), ["400-765-1032"]);
        let two = write(&["4007651032", "4007651033"]);
        assert_eq!(texts(&two), ["4007651032", "4007651033"]);
        let branches = format!(
            "if(a){{{}}}else{{{}}}",
            write(&["40076"]),
            write(&["51032"])
        );
        assert_eq!(texts(&branches), ["40076", "51032"]);
    }

    #[test]
    fn long_chains_stay_within_bounds() {
        let variable = format!("var a='{}';", "7".repeat(4000));
        let template = format!("`{}`;", "${a}".repeat(4000));
        let replaced = "b=a.replace(/7/g,'77777777');".repeat(4000);
        let written = "document.write(a);".repeat(4000);
        for part in [template, replaced, written] {
            let body = format!("{variable}{part}");
            let all: usize = texts(&body).iter().map(String::len).sum();
            assert!(all < 40 * body.len(), "{all} of {}", body.len());
        }
    }
}
