//! Scripts that a packer has written as a text of numbers and a list of words (Dean Edwards'
//! packer, `eval(function(p,a,c,k,e,d){…}('0.1("2")',3,3,'document|write|…'.split('|'),0,{}))`).

use std::ops::Range;

use super::number::lexer::{Lexer, Token};

/// A piece of a script.
pub enum Piece<'a> {
    /// As it stands there, from this byte on.
    Plain(&'a str, usize),
    /// What was packed into these bytes.
    Unpacked(String, Range<usize>),
}

/// What packed scripts have at their head: the names of the packer's arguments.
const HEAD: &str = "function(p,a,c,k,e,";
const CALL: &str = "eval(";
/// Tokens of the packer's own code at most: it has about 150.
const MAX_TOKENS: usize = 600;
/// Bytes that a script may be unpacked to.
const MAX_UNPACKED: usize = 256 << 10;
/// Numbers are written with the digits, the small and the capital letters.
const MAX_BASE: u32 = 62;

/// Calls `each` with the pieces of a script in order: what was packed, and what stands around it.
pub fn pieces<'a>(script: &'a str, mut each: impl FnMut(Piece<'a>)) {
    let mut from = 0;
    let mut room = MAX_UNPACKED;
    while let Some(at) = memchr::memmem::find(&script.as_bytes()[from..], HEAD.as_bytes()) {
        let at = from + at;
        let called = script[from..at].ends_with(CALL);
        let start = at - if called { CALL.len() } else { 0 };
        let Some((text, length)) = unpacked(&script[at..], room) else {
            break;
        };
        room -= text.len().min(room);
        each(Piece::Plain(&script[from..start], from));
        from = at + length;
        each(Piece::Unpacked(text, start..from));
    }
    each(Piece::Plain(&script[from..], from));
}

/// What the arguments behind the packer's code stand for, and where they end: a text, the base of
/// its numbers, how many words there are, and the words.
fn unpacked(packer: &str, room: usize) -> Option<(String, usize)> {
    let mut lexer = Lexer {
        body: packer,
        at: HEAD.len(),
    };
    let (mut text, mut numbers) = (String::new(), Vec::new());
    for _ in 0..MAX_TOKENS {
        match lexer.token()?.0 {
            Token::Sign(',') => {}
            Token::Number(number) if numbers.len() < 2 => {
                numbers.extend(number.parse::<u32>().ok());
            }
            Token::Text(words) if numbers.len() == 2 => {
                let (base, count) = (numbers[0], numbers[1] as usize);
                let parted = lexer.token()?.0 == Token::Name(".split");
                let words: Vec<&str> = words.split('|').take(count).collect();
                let fits = parted && (2..=MAX_BASE).contains(&base);
                return fits.then(|| (filled(&text, base, &words, room), lexer.at));
            }
            Token::Text(other) => (text, numbers) = (other, Vec::new()),
            _ => numbers.clear(),
        }
    }
    None
}

/// The text with words in place of the numbers that count them.
fn filled(text: &str, base: u32, words: &[&str], room: usize) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = text;
    while let Some(start) = rest.find(word)
        && out.len() < room
    {
        let end = rest[start..]
            .find(|c| !word(c))
            .map_or(rest.len(), |n| start + n);
        out.push_str(&rest[..start]);
        let number = &rest[start..end];
        let listed = value(number, base).and_then(|at| words.get(at));
        out.push_str(listed.filter(|word| !word.is_empty()).unwrap_or(&number));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn value(number: &str, base: u32) -> Option<usize> {
    number.bytes().try_fold(0_usize, |value, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' => byte - b'A' + 36,
            _ => return None,
        };
        let fits = u32::from(digit) < base;
        let value = value
            .checked_mul(base as usize)?
            .checked_add(digit.into())?;
        fits.then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use proptest::strategy::Strategy;

    use super::*;

    /// The packer's own code, as it is found everywhere.
    const CODE: &str = r"eval(function(p,a,c,k,e,d){e=function(c){return(c<a?'':e(parseInt(c/a)))+((c=c%a)>35?String.fromCharCode(c+29):c.toString(36))};if(!''.replace(/^/,String)){while(c--){d[e(c)]=k[c]||e(c)}k=[function(e){return d[e]}];e=function(){return'\\w+'};c=1};while(c--){if(k[c]){p=p.replace(new RegExp('\\b'+e(c)+'\\b','g'),k[c])}}return p}(";

    fn read(script: &str) -> Vec<String> {
        let mut out = Vec::new();
        pieces(script, |piece| {
            out.push(match piece {
                Piece::Plain(text, at) => {
                    assert!(script[at..].starts_with(text));
                    text.to_owned()
                }
                Piece::Unpacked(text, place) => {
                    assert!(script[place].contains(HEAD));
                    text
                }
            });
        });
        out
    }

    #[test]
    fn what_was_packed_is_read_and_what_stands_around_it() {
        let packed = format!(
            r#"var a=1;{CODE}'3.0("<p>\'1-2-5</p>")',6,6,'write|400|765|document||1032'.split('|'),0,{{}}));b()"#
        );
        let [before, inside, after] = read(&packed).try_into().unwrap();
        assert_eq!(before, "var a=1;");
        assert_eq!(inside, r#"document.write("<p>'400-765-1032</p>")"#);
        assert_eq!(after, "('|'),0,{}));b()");
    }

    #[test]
    fn numbers_are_counted_in_letters_too() {
        let words: Vec<String> = (0..64).map(|n| format!("w{n}")).collect();
        let packed = format!(
            "{CODE}'0 a A Z 10 11 _',62,64,'{}'.split('|'),0,{{}}))",
            words.join("|")
        );
        assert_eq!(read(&packed)[1], "w0 w10 w36 w61 w62 w63 _");
    }

    #[test]
    fn what_is_not_packed_stays() {
        for script in [
            "",
            "a()",
            "eval(function(p,a,c,k,e,d){return p}",
            "function(p,a,c,k,e,('x',99,1,'a'.split",
        ] {
            assert_eq!(read(script), [script]);
        }
    }

    #[test]
    fn unpacking_is_bounded() {
        let word = "7".repeat(20_000);
        let packed = format!(
            "{CODE}'{}',10,1,'{word}'.split('|'),0,{{}}))",
            "0 ".repeat(20_000)
        );
        let all: usize = read(&packed).iter().map(String::len).sum();
        assert!(all < 2 * MAX_UNPACKED, "{all}");
    }

    proptest::proptest! {
        #[test]
        fn any_script_has_pieces(
            parts in proptest::collection::vec(
                proptest::prop_oneof![
                    proptest::sample::select(vec![CODE, HEAD, "'0 1'", "','", ",", "2", "'a|中'", ".split('|')", "('", "\\"])
                        .prop_map(str::to_owned),
                    "\\PC{0,8}",
                ],
                0..16,
            )
        ) {
            read(&parts.concat());
        }
    }
}
