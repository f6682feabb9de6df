//! Tokens of a script, as far as its strings need them.

/// What a script is read as.
#[derive(Debug, PartialEq)]
pub enum Token<'a> {
    Text(String),
    Name(&'a str),
    Number(&'a str),
    Sign(char),
}

/// Reads a script token by token.
pub struct Lexer<'a> {
    pub body: &'a str,
    /// Byte offset of the reading position.
    pub at: usize,
}

impl<'a> Lexer<'a> {
    /// The next token and its offset; comments are skipped.
    pub fn token(&mut self) -> Option<(Token<'a>, usize)> {
        let bytes = self.body.as_bytes();
        loop {
            let start = self.at;
            match *bytes.get(start)? {
                b'/' if bytes.get(start + 1) == Some(&b'/') => {
                    self.at = self.body[start..]
                        .find('\n')
                        .map_or(bytes.len(), |n| start + n);
                }
                b'/' if bytes.get(start + 1) == Some(&b'*') => {
                    self.at = self.body[start..]
                        .find("*/")
                        .map_or(bytes.len(), |n| start + n + 2);
                }
                quote @ (b'"' | b'\'' | b'`') => {
                    return Some((Token::Text(self.literal(quote)), start));
                }
                byte if byte.is_ascii_digit() => {
                    self.skip_while(|b| b.is_ascii_alphanumeric());
                    return Some((Token::Number(&self.body[start..self.at]), start));
                }
                byte if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$' | b'.') => {
                    self.skip_while(|b| {
                        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'.')
                    });
                    return Some((Token::Name(&self.body[start..self.at]), start));
                }
                byte if byte.is_ascii_graphic() => {
                    self.at += 1;
                    return Some((Token::Sign(char::from(byte)), start));
                }
                _ => self.at += 1,
            }
        }
    }

    fn skip_while(&mut self, test: impl Fn(u8) -> bool) {
        let rest = &self.body.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|b| test(**b)).count();
    }

    /// A literal with its escapes resolved; ends at its quote, or at the line's end if it has none.
    fn literal(&mut self, quote: u8) -> String {
        let mut text = String::new();
        let mut rest = &self.body[self.at + 1..];
        while let Some(at) = memchr::memchr3(quote, b'\\', b'\n', rest.as_bytes()) {
            text.push_str(&rest[..at]);
            let byte = rest.as_bytes()[at];
            rest = &rest[at + 1..];
            match byte {
                b'\\' => rest = escaped(rest, &mut text),
                b'\n' if quote == b'`' => text.push('\n'),
                // The quote, or the end of a line without one.
                _ => {
                    self.at = self.body.len() - rest.len();
                    return text;
                }
            }
        }
        text.push_str(rest);
        self.at = self.body.len();
        text
    }
}

/// Moves through a literal of a script and through its text together.
pub struct Position<'a> {
    body: &'a str,
    /// Byte offset in the script.
    pub at: usize,
    /// Byte offset in the text of the literal.
    text: usize,
}

impl<'a> Position<'a> {
    /// The start of the literal, or of the number, at byte `at` of the script.
    pub fn of(body: &'a str, at: usize) -> Self {
        let quoted = body[at..].starts_with(['"', '\'', '`']);
        let at = at + usize::from(quoted);
        Position { body, at, text: 0 }
    }

    /// Moves on to byte `text` of the literal's text, or to the escape that stands for it.
    pub fn to(&mut self, text: usize) {
        let mut out = String::new();
        while self.text < text {
            let Some(rest) = self.body.get(self.at..) else {
                return;
            };
            let plain = memchr::memchr(b'\\', &rest.as_bytes()[..rest.len().min(text - self.text)]);
            let plain = plain.unwrap_or(text - self.text);
            if plain > 0 {
                self.text += plain;
                self.at = (self.at + plain).min(self.body.len());
                continue;
            }
            out.clear();
            let behind = escaped(&rest[1..], &mut out);
            self.at = self.body.len() - behind.len();
            self.text += out.len();
        }
    }
}

/// Resolves the escape whose text (behind `\`) `rest` begins with; returns what follows it.
fn escaped<'a>(rest: &'a str, text: &mut String) -> &'a str {
    let mut chars = rest.chars();
    let digits = match chars.next() {
        Some('u') if chars.as_str().starts_with('{') => return braced(chars.as_str(), text),
        Some('u') => 4,
        Some('x') => 2,
        Some('0'..='7') => return octal(rest, text),
        Some('n' | 'r' | 't') => {
            text.push(' ');
            0
        }
        Some('\n') | None => 0,
        Some(other) => {
            text.push(other);
            0
        }
    };
    let rest = chars.as_str();
    match code(rest, digits) {
        Some(c) if digits > 0 => {
            text.push(c);
            &rest[digits..]
        }
        None if digits == 4 => surrogates(rest, text).unwrap_or(rest),
        _ => rest,
    }
}

/// `d83d\udcde`: the two halves of a character that JSON writes so, or a half alone, which stands for
/// no character.
fn surrogates<'a>(rest: &'a str, text: &mut String) -> Option<&'a str> {
    let unit = |rest: &str| u16::from_str_radix(rest.get(..4)?, 16).ok();
    let first = unit(rest)?;
    let behind = &rest[4..];
    let pair = behind.strip_prefix("\\u").and_then(|low| {
        let both = [first, unit(low)?];
        let c = char::decode_utf16(both).next()?.ok()?;
        Some((c, &low[4..]))
    });
    let (c, behind) = pair.unwrap_or((char::REPLACEMENT_CHARACTER, behind));
    text.push(c);
    Some(behind)
}

/// `64` behind `\`: up to three digits.
fn octal<'a>(rest: &'a str, text: &mut String) -> &'a str {
    let digit = |b: &&u8| matches!(b, b'0'..=b'7');
    let digits = rest.as_bytes()[..rest.len().min(3)]
        .iter()
        .take_while(digit)
        .count();
    let code = u8::from_str_radix(&rest[..digits], 8).ok();
    text.push(code.map_or(char::REPLACEMENT_CHARACTER, char::from));
    &rest[digits..]
}

/// `{34}` behind `\u`.
fn braced<'a>(rest: &'a str, text: &mut String) -> &'a str {
    const MOST: usize = 6;
    let near = rest.as_bytes()[1..].iter().take(MOST + 1);
    let digits = near.take_while(|b| b.is_ascii_hexdigit()).count();
    let behind = &rest[1 + digits..];
    match (code(&rest[1..], digits), behind.strip_prefix('}')) {
        (Some(c), Some(behind)) => {
            text.push(c);
            behind
        }
        _ => rest,
    }
}

fn code(rest: &str, digits: usize) -> Option<char> {
    let hex = rest.get(..digits)?;
    char::from_u32(u32::from_str_radix(hex, 16).ok()?)
}
