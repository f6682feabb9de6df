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
        let longer = raw.len() > text.len() + 2;
        if raw.starts_with('`') && text.contains("${") {
            let joined = self.filled(&text, offset);
            self.operand(joined, offset, false, false);
        } else {
            self.literal(text, offset, false);
            if !(longer && escapes_digits(raw)) {
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

/// Are digits written as escapes (`\x34`, `\u0034`), which nobody needs?
fn escapes_digits(raw: &str) -> bool {
    let escape = |start: &str| {
        raw.match_indices(start)
            .any(|(at, _)| raw[at + start.len()..].starts_with(|c: char| c.is_ascii_digit()))
    };
    escape("\\x3") || escape("\\u003")
}

/// The text of a literal that is nothing but it.
fn unquoted(literal: &str) -> Option<&str> {
    ['"', '\'', '`'].into_iter().find_map(|quote| {
        let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner)
    })
}

#[cfg(test)]
mod tests {
    use super::super::strings;

    fn texts(body: &str) -> Vec<String> {
        let mut out = Vec::new();
        strings(body, |string| out.push(string.text));
        out
    }

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
