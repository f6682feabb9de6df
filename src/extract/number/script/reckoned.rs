//! What a script reckons: sums of constants, numbers in other bases, codes with a shift, letters
//! that stand for digits, and characters taken out of a text.

use super::super::context;
use super::super::joined::{Joined, Pieces};
use super::{Machine, ScriptString};

/// Bytes of a sum or of a call's arguments that are read.
const MOST: usize = 240;
/// Letters that stand for digits at least: a number seldom has all ten.
const MIN_LETTERS: usize = 8;

/// How characters are made of codes: `fromCharCode(c[i]-3)`.
#[derive(Clone, Copy)]
pub enum Shift {
    Add(i32),
    Xor(i32),
}

impl Shift {
    pub fn of(self, code: i32) -> i32 {
        match self {
            Shift::Add(by) => code.wrapping_add(by),
            Shift::Xor(with) => code ^ with,
        }
    }

    /// The first call of a script that makes characters.
    pub fn in_script(body: &str) -> Option<Self> {
        let at = memchr::memmem::find(body.as_bytes(), b"fromCharCode(")?;
        let inner = context::head(&body[at..], "fromCharCode(".len(), MOST);
        let inner = inner.split_once(')')?.0;
        let sign = inner.rfind(['+', '-', '^'])?;
        let by: i32 = inner[sign + 1..].trim().parse().ok()?;
        Some(match inner.as_bytes()[sign] {
            b'+' => Shift::Add(by),
            b'-' => Shift::Add(-by),
            _ => Shift::Xor(by),
        })
    }
}

impl<'a, F: FnMut(ScriptString<'a>)> Machine<'a, F> {
    /// A number, or a sum of constants that is put on the page. Any other sum is no number, and
    /// none of its parts is.
    pub fn number(&mut self, number: &'a str, offset: usize) {
        // Behind a text, `+` joins (`"4"+0+0`).
        let sum = (!self.joining).then(|| sum(&self.lexer.body[offset..]));
        if let Some((sum, length)) = sum.flatten() {
            self.lexer.at = offset + length;
            if self.is_shown() && sum >= 0 {
                return self.composed(sum.to_string(), offset);
            }
            if self.value.is_some() {
                self.flush();
            }
            return;
        }
        let hex = number.strip_prefix("0x").or(number.strip_prefix("0X"));
        match hex.and_then(|hex| u64::from_str_radix(hex, 16).ok()) {
            Some(value) if self.is_shown() => self.composed(value.to_string(), offset),
            _ => self.literal(number.to_owned(), offset, true),
        }
    }

    /// What comes next is put on the page.
    fn is_shown(&self) -> bool {
        const WAYS: [&str; 4] = ["innerHTML", "innerText", "textContent", "href"];
        let key = self.key.as_deref().unwrap_or_default();
        self.writing || WAYS.iter().any(|way| key.ends_with(way))
    }

    /// `parseInt("ee834115",16)`
    pub fn parsed(&mut self, name: &str, offset: usize) -> bool {
        let rest = &self.lexer.body[self.lexer.at..];
        let Some((text, length)) = (name.rsplit('.').next() == Some("parseInt"))
            .then(|| in_base(rest))
            .flatten()
        else {
            return false;
        };
        self.lexer.at += length;
        self.composed(text, offset);
        true
    }

    /// `s.substr(7,3)`, `s.substring(12,19)`, `s.slice(0,4)` of a variable.
    pub fn taken_out(&mut self, name: &'a str, offset: usize) -> bool {
        let Some((variable, method)) = name.rsplit_once('.') else {
            return false;
        };
        if !matches!(method, "substr" | "substring" | "slice") {
            return false;
        }
        let arguments = arguments(&self.lexer.body[self.lexer.at..]);
        let (Some((from, to, length)), Some(known)) = (arguments, self.variables.get(variable))
        else {
            return false;
        };
        let to = if method == "substr" {
            from.saturating_add(to)
        } else {
            to
        };
        let Some(part) = known.text.get(from..to.min(known.text.len())) else {
            return false;
        };
        if part.len() > self.budget {
            return false;
        }
        let text = part.to_owned();
        self.budget -= text.len();
        self.lexer.at += length;
        let pieces = Pieces::at(offset);
        self.operand(Joined { text, pieces }, offset, false, false);
        true
    }

    /// What a function makes of the elements of a list, where it looks them up: `({q:0,d:1})[c]`,
    /// `t.charAt(i)`.
    pub fn looked_up(&self, elements: &[Joined], call: &str) -> Option<String> {
        if let Some(letters) = letters(call) {
            let digit = |e: &Joined| letters.iter().find(|(l, _)| *l == e.text).map(|(_, d)| *d);
            return elements.iter().map(digit).collect();
        }
        let table = call[..call.find(".charAt(")?]
            .rsplit(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '$')))
            .next()?;
        let table = &self.variables.get(table)?.text;
        let taken = |e: &Joined| {
            let at: usize = e.text.parse().ok()?;
            table
                .as_bytes()
                .get(at)
                .filter(|b| b.is_ascii())
                .map(|b| char::from(*b))
        };
        elements.iter().map(taken).collect()
    }

    /// `'eaahg'.replace(/[a-j]/g,function(c){return c.charCodeAt(0)-97})`
    pub fn lettered(&mut self, name: &str) -> bool {
        if name != ".replace" {
            return false;
        }
        let Some((base, length)) = letter_code(&self.lexer.body[self.lexer.at..]) else {
            return false;
        };
        let Some(value) = self.value.take() else {
            return false;
        };
        let digit = |c: char| match u32::from(c).checked_sub(base) {
            Some(digit @ 0..=9) => char::from_digit(digit, 10).unwrap_or(c),
            _ => c,
        };
        self.lexer.at += length;
        let text = value.joined.text.chars().map(digit).collect();
        self.composed(text, value.offset);
        true
    }
}

/// `4008048392+68247`, `400872*10000+2818`: the value and the length of a sum of constants with a
/// `+` or `*` in it.
fn sum(text: &str) -> Option<(i64, usize)> {
    let near = context::head(text, 0, MOST);
    let mut rest = near;
    let (mut sum, mut term) = (0i64, number(&mut rest)?);
    let (mut reckons, mut length) = (false, 0);
    loop {
        let ahead = rest.trim_start_matches(' ');
        let sign = ahead.as_bytes().first().copied();
        let mut behind = ahead.get(1..).unwrap_or_default().trim_start_matches(' ');
        if !matches!(sign, Some(b'+' | b'-' | b'*')) {
            break;
        }
        let Some(next) = number(&mut behind) else {
            break;
        };
        match sign {
            Some(b'*') => term = term.checked_mul(next)?,
            Some(b'-') => {
                sum = sum.checked_add(term)?;
                term = -next;
            }
            _ => {
                sum = sum.checked_add(term)?;
                term = next;
            }
        }
        reckons |= sign != Some(b'-');
        rest = behind;
        length = near.len() - rest.len();
    }
    // Only subtracted, it may be a number that nobody has quoted.
    (reckons && length > 0).then_some((sum.checked_add(term)?, length))
}

/// Takes a whole number off the front of `rest`.
fn number(rest: &mut &str) -> Option<i64> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let value = rest.get(..digits)?.parse().ok()?;
    let behind = &rest[digits..];
    if behind.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')) {
        return None;
    }
    *rest = behind;
    Some(value)
}

/// `("ee834115",16)`: what it gives in decimal digits, and the length.
fn in_base(rest: &str) -> Option<(String, usize)> {
    let near = context::head(rest, 0, MOST);
    let (inner, _) = near.strip_prefix('(')?.split_once(')')?;
    let (literal, base) = inner.split_once(',')?;
    let literal = super::compose::unquoted(literal.trim())?;
    let base: u32 = base
        .trim()
        .parse()
        .ok()
        .filter(|base| (2..=36).contains(base))?;
    let value = u64::from_str_radix(literal, base).ok()?;
    Some((value.to_string(), inner.len() + 2))
}

/// `(7,3)`: two whole numbers, and the length.
fn arguments(rest: &str) -> Option<(usize, usize, usize)> {
    let near = context::head(rest, 0, 24);
    let (inner, _) = near.strip_prefix('(')?.split_once(')')?;
    let (from, to) = inner.split_once(',')?;
    Some((
        from.trim().parse().ok()?,
        to.trim().parse().ok()?,
        inner.len() + 2,
    ))
}

/// The letters that an object in `call` has digits for: `{q:0,d:1,…}`.
fn letters(call: &str) -> Option<Vec<(String, char)>> {
    let quotes: &[char] = &['"', '\''];
    let mut rest = call;
    while let Some((_, behind)) = rest.split_once('{') {
        rest = behind;
        let Some((inner, _)) = behind.split_once('}') else {
            break;
        };
        let pair = |pair: &str| {
            let (letter, digit) = pair.split_once(':')?;
            let letter = letter.trim().trim_matches(quotes);
            let mut digits = digit.trim().trim_matches(quotes).chars();
            let digit = digits.next().filter(char::is_ascii_digit)?;
            let one = letter.chars().count() == 1 && digits.next().is_none();
            one.then(|| (letter.to_owned(), digit))
        };
        let pairs: Option<Vec<_>> = inner.split(',').map(pair).collect();
        if let Some(pairs) = pairs.filter(|pairs| pairs.len() >= MIN_LETTERS) {
            return Some(pairs);
        }
    }
    None
}

/// `(/[a-j]/g,function(c){return c.charCodeAt(0)-97})`: the code of the letter that is 0, and the
/// length.
fn letter_code(rest: &str) -> Option<(u32, usize)> {
    let length = super::lists::call(rest)?;
    let call = rest.get(..length)?;
    let behind = call.split_once(".charCodeAt(")?.1.split_once(')')?.1;
    let digits = behind.trim_start().strip_prefix('-')?.trim_start();
    let end = digits.find(|c: char| !c.is_ascii_digit())?;
    Some((digits[..end].parse().ok()?, length))
}

#[cfg(test)]
mod tests {
    use super::super::texts;

    #[test]
    fn what_is_reckoned_is_read() {
        for body in [
            "document.write((4007600000+51032).toString())",
            "document.write(400765*10000+1032)",
            "document.write(parseInt('eedfe6d8',16))",
            "x.innerHTML=0xeedfe6d8",
            "document.write(parseInt('1ua1vbs',36))",
            "document.write([43,39,39,46,45,44,40,39,42,41].map(function(x){return String.fromCharCode(x+9)}).join(''))",
            "var c=[55,51,51,58,57,56,52,51,54,53],s='';for(i in c){s+=String.fromCharCode(c[i]-3)}",
            "document.write('eaahgfbadc'.replace(/[a-j]/g,function(c){return c.charCodeAt(0)-97}))",
            "document.write('dccpxyzcvu'.split('').map(function(c){return ({d:4,c:0,p:7,x:6,y:5,z:1,v:3,u:2,q:8})[c]}).join(''))",
            "var t='4065893172',s='';[0,1,1,8,2,3,7,1,6,9].forEach(function(i){s+=t.charAt(i)});document.write(s)",
            "var s='xx400zz7651032';document.write(s.substr(2,3)+s.substring(7,14))",
            "document.write(atob(atob('TkRBd056WTFNVEF6TWc9PQ==')))",
            r"document.write('\64\60\60\67\66\65\61\60\63\62')",
        ] {
            let all = texts(body);
            let found = |want: &str| all.iter().any(|text| text == want);
            assert!(
                found("4007651032") || found("4007658139"),
                "{body}: {all:?}"
            );
        }
    }

    #[test]
    fn digits_behind_a_text_are_joined_to_it() {
        assert_eq!(
            texts("document.write('4'+0+0+'-765-1032')"),
            ["400-765-1032"]
        );
        assert_eq!(texts("f('4'+0+0+'-765-1032')"), ["400-765-1032"]);
    }

    #[test]
    fn parts_of_a_long_text_stay_within_bounds() {
        let body = format!(
            "var s='{}';{}",
            "7".repeat(4000),
            "f(s.substr(0,4000));".repeat(4000)
        );
        let all: usize = texts(&body).iter().map(String::len).sum();
        assert!(all < 40 * body.len(), "{all} of {}", body.len());
    }

    #[test]
    fn sums_that_nobody_sees_are_none() {
        for body in [
            "a=4007651030+2",
            "setTimeout(f,60*60*24*1000)",
            "a=3+'4'",
            "x.substr(1,'2')",
            "parseInt('zz',10)",
            "document.write(99999999*9999999999999)",
        ] {
            let all = texts(body);
            assert!(
                !all.iter().any(|t| (10..13).contains(&t.len())),
                "{body}: {all:?}"
            );
        }
    }
}
