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
        let rest = &self.body[self.at + 1..];
        let mut chars = rest.char_indices();
        while let Some((offset, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((_, 'u')) => {
                        text.extend(code(chars.as_str(), 4).inspect(|_| skip(&mut chars, 4)))
                    }
                    Some((_, 'x')) => {
                        text.extend(code(chars.as_str(), 2).inspect(|_| skip(&mut chars, 2)))
                    }
                    Some((_, 'n' | 'r' | 't')) => text.push(' '),
                    Some((_, '\n')) => {}
                    Some((_, other)) => text.push(other),
                    None => break,
                },
                '\n' if quote != b'`' => {
                    self.at += 1 + offset;
                    return text;
                }
                _ if c == char::from(quote) => {
                    self.at += 1 + offset + 1;
                    return text;
                }
                _ => text.push(c),
            }
        }
        self.at = self.body.len();
        text
    }
}

fn code(rest: &str, digits: usize) -> Option<char> {
    let hex = rest.get(..digits)?;
    char::from_u32(u32::from_str_radix(hex, 16).ok()?)
}

fn skip(chars: &mut std::str::CharIndices<'_>, many: usize) {
    for _ in 0..many {
        chars.next();
    }
}
