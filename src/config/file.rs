//! The settings file: flags by name, in TOML. What the names are is the command line's affair;
//! here is what stands in the file, and where.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};

/// Where settings are looked for when no other file is named.
pub const DEFAULT_FILE: &str = "partyline.toml";
/// No settings file is longer.
const MAX_BYTES: u64 = 1 << 20;

/// One line of a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The table that it stands in: a command; `None` for the flags of all commands.
    pub table: Option<String>,
    pub key: String,
    pub value: Value,
    /// From 1.
    pub line: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Switch(bool),
    /// A string or a number, as a flag would be given it.
    One(String),
    Many(Vec<String>),
}

/// Reads a settings file, in the order of its lines.
///
/// # Errors
/// A file that cannot be read, is no TOML, or holds what no flag can be.
pub fn read(path: &Path) -> Result<Vec<Setting>> {
    let length = std::fs::metadata(path).map_err(|e| Error::read(path, e))?;
    if length.len() > MAX_BYTES {
        return Err(Error::Usage(format!(
            "{}: longer than a settings file can be",
            path.display()
        )));
    }
    let text = std::fs::read_to_string(path).map_err(|e| Error::read(path, e))?;
    parse(&text).map_err(|(line, problem)| at(path, line, &problem))
}

/// An error in a line of a settings file.
pub fn at(path: &Path, line: usize, problem: &str) -> Error {
    Error::Usage(format!("{}:{line}: {problem}", path.display()))
}

/// Line and problem.
type Fault = (usize, String);

fn parse(text: &str) -> Result<Vec<Setting>, Fault> {
    let line_of = |at: usize| {
        text.as_bytes()[..at.min(text.len())]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
            + 1
    };
    let document = DeTable::parse(text).map_err(|e| {
        let at = e.span().map_or(0, |span| span.start);
        (
            line_of(at),
            e.message().lines().collect::<Vec<_>>().join(": "),
        )
    })?;
    let mut settings = Vec::new();
    let mut add = |table: Option<&str>, key: &Spanned<_>, value: &DeValue<'_>| {
        let key: &Spanned<std::borrow::Cow<'_, str>> = key;
        let line = line_of(key.span().start);
        let name = key.get_ref().to_string();
        let value = flag_value(value).map_err(|problem| (line, format!("{name}: {problem}")))?;
        settings.push(Setting {
            table: table.map(str::to_owned),
            key: name,
            value,
            line,
        });
        Ok(())
    };
    for (key, value) in document.get_ref() {
        match value.get_ref() {
            DeValue::Table(table) => {
                for (inner, value) in table {
                    add(Some(key.get_ref()), inner, value.get_ref())?;
                }
            }
            other => add(None, key, other)?,
        }
    }
    settings.sort_by_key(|s| s.line);
    Ok(settings)
}

fn flag_value(value: &DeValue<'_>) -> Result<Value, &'static str> {
    Ok(match value {
        DeValue::Boolean(on) => Value::Switch(*on),
        DeValue::Array(items) => {
            let each = items.iter().map(|item| one(item.get_ref()));
            Value::Many(each.collect::<Result<_, _>>()?)
        }
        other => Value::One(one(other)?),
    })
}

fn one(value: &DeValue<'_>) -> Result<String, &'static str> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Integer(_) => Err("expected a decimal number"),
        _ => Err("expected true, false, a number, a string or a list of strings"),
    }
}

/// The word among `valid` that takes the fewest edits to get to.
pub fn nearest<'w>(word: &str, valid: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    valid.min_by_key(|known| (distance(word, known), *known))
}

/// Levenshtein's distance, in characters. Words of a file may be long: only their beginning counts.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn settings_come_with_their_place() {
        let text = "state = \"s\"\nquiet = true\n\n[crawl]\n# slow\ndelay = 2.5\nresolve = [\"a.test=::1\",\n \"b.test=::1\"]\nmax-pages = 10\n";
        let found = parse(text).unwrap();
        let setting = |table: Option<&str>, key: &str, value, line| Setting {
            table: table.map(str::to_owned),
            key: key.to_owned(),
            value,
            line,
        };
        let one = |text: &str| Value::One(text.to_owned());
        assert_eq!(
            found,
            [
                setting(None, "state", one("s"), 1),
                setting(None, "quiet", Value::Switch(true), 2),
                setting(Some("crawl"), "delay", one("2.5"), 6),
                setting(
                    Some("crawl"),
                    "resolve",
                    Value::Many(vec!["a.test=::1".into(), "b.test=::1".into()]),
                    7
                ),
                setting(Some("crawl"), "max-pages", one("10"), 9),
            ]
        );
    }

    #[test]
    fn faults_come_with_their_line() {
        for (text, line) in [
            ("a = 1\nb = \n", 2),
            ("a = 1\na = 2\n", 2),
            ("\n[crawl]\nx = { y = 1 }\n", 3),
            ("x = 2024-01-01", 1),
            ("x = 0xff", 1),
            ("x = [1, [2]]", 1),
        ] {
            assert_eq!(parse(text).unwrap_err().0, line, "{text}");
        }
    }

    #[test]
    fn the_nearest_word_is_found() {
        let words = ["delay", "depth", "max-pages"];
        let near = |word| nearest(word, words.into_iter()).unwrap();
        assert_eq!(near("dely"), "delay");
        assert_eq!(near("max_pages"), "max-pages");
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
    }

    proptest! {
        #[test]
        fn any_file_is_survived(text in any::<String>()) {
            let _ = parse(&text);
        }
    }
}
