//! Names of two parts: a Latin and a Chinese half, or Latin words.

use super::lexicon::{LEXICON, Word};
use super::name::part;
use super::token::{Kind, Token};

/// Whether token `at`, no name itself, stands inside of a name.
pub fn pairs_over(line: &str, tokens: &[Token], at: usize) -> bool {
    match tokens[at].kind {
        Kind::Space => pairs_over_space(line, tokens, at) || pairs_over_and(line, tokens, at),
        Kind::Break => pairs_over_point(line, tokens, at),
        Kind::Join => pairs_over_slash(line, tokens, at) || pairs_over_and(line, tokens, at),
        _ => false,
    }
}

/// A space inside a name: between Latin words, or between the halves of a pair.
fn pairs_over_space(line: &str, tokens: &[Token], space: usize) -> bool {
    let (Some(before), Some(after)) = (tokens.get(space.wrapping_sub(1)), tokens.get(space + 1))
    else {
        return false;
    };
    if !before.is_name() || !after.is_name() {
        return false;
    }
    let (a, b) = (part(line, before), part(line, after));
    // `海尔 BCD-470`: a model.
    let model = !b.han && {
        let behind = line[after.end..].trim_start_matches(['-', '－', '—']);
        behind.starts_with(|c: char| c.is_ascii_digit())
    };
    !(a.han && (b.han || model))
}

/// `Lorsen·洛森`: the point between a Latin half and a Chinese one.
fn pairs_over_point(line: &str, tokens: &[Token], point: usize) -> bool {
    let Some([before, token, after]) = point
        .checked_sub(1)
        .and_then(|from| tokens.get(from..from + 3))
    else {
        return false;
    };
    matches!(&line[token.start..token.end], "·" | "•" | "・")
        && before.kind == Kind::Latin
        && after.is_name()
        && part(line, after).han
}

/// `海尔(Haier)`, `Lorsen(洛森顿)`: the other half of a name in brackets, and where the bracket
/// closes: by byte, and by the token behind it.
pub fn bracketed_half(line: &str, tokens: &[Token], at: usize) -> Option<(Token, usize, usize)> {
    let before = tokens.get(at.wrapping_sub(1))?;
    if tokens.get(at).is_none_or(|t| t.kind != Kind::Open) || !before.is_name() {
        return None;
    }
    let front = part(line, before);
    let [half, behind @ ..] = tokens.get(at + 1..)? else {
        return None;
    };
    // `Lorsen(洛森顿)`, of which the list holds the first two characters.
    let (half, close, next) = match behind {
        [rest, close, ..] if half.is_name() && rest.kind == Kind::Han => {
            let whole = Token {
                start: half.start,
                ..*rest
            };
            (whole, close, at + 4)
        }
        [close, ..] => (*half, close, at + 3),
        [] => return None,
    };
    let fits = half.is_name()
        && close.kind == Kind::Close
        && match (front.han, part(line, &half).han) {
            (true, false) => true,
            // Remarks stand in brackets behind Latin names, too (`Lorsen(进口)`).
            (false, true) => is_spelling(&line[half.start..half.end]),
            _ => false,
        };
    fits.then_some((half, close.end, next))
}

/// Two to four characters that no everyday word explains.
fn is_spelling(text: &str) -> bool {
    let chars = text.chars().count();
    (2..=4).contains(&chars) && LEXICON.strange(text) == chars
}

/// `Lorsen/洛森`: a slash between the two halves of a name. Two listed brands are a list, and so is
/// a name that stands beside a listed one, or beside more of them.
fn pairs_over_slash(line: &str, tokens: &[Token], at: usize) -> bool {
    let sides = at
        .checked_sub(1)
        .and_then(|from| tokens.get(from..from + 3));
    let Some([before, slash, after]) = sides else {
        return false;
    };
    if !matches!(&line[slash.start..slash.end], "/" | "／") || !before.is_name() || !after.is_name()
    {
        return false;
    }
    let joined = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|t| t.kind == Kind::Join)
    };
    let (a, b) = (part(line, before), part(line, after));
    a.han != b.han && a.known == b.known && !joined(at.checked_sub(2)) && !joined(Some(at + 2))
}

/// `Lorsen & Berg`: two Latin words, one of which at least is no listed brand.
fn pairs_over_and(line: &str, tokens: &[Token], at: usize) -> bool {
    let is_and = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|t| matches!(&line[t.start..t.end], "&" | "＆"))
    };
    let Some(middle) = (at.saturating_sub(1)..=at + 1).find(|at| is_and(*at)) else {
        return false;
    };
    let around = middle
        .checked_sub(2)
        .and_then(|from| tokens.get(from..from + 5));
    let Some([a, left, _, right, b]) = around else {
        return false;
    };
    let latin = |t: &Token| t.is_name() && !part(line, t).han;
    let spaced = left.kind == Kind::Space && right.kind == Kind::Space;
    let listed = |t: &Token| matches!(t.kind, Kind::Word(Word::Brand(_)));
    spaced && latin(a) && latin(b) && !(listed(a) && listed(b))
}
