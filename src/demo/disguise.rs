//! The ways in which pages write a number so that people read it and machines do not.

use serde::Serialize;

use super::rng::Rng;

/// How one occurrence of a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Disguise {
    /// ASCII digits in one of the usual groupings.
    Plain,
    /// `４００－１２３…`
    FullWidth,
    /// `④⓪⓪-①②③…`
    Circled,
    /// `四零零-一二三…`
    Numerals,
    /// Invisible characters between the digits.
    ZeroWidth,
    /// Some digits as character references.
    Entities,
    /// Digits in elements of their own.
    Spans,
    /// Comments between the digits.
    Comments,
    /// Dots, slashes, underscores, tildes, wide dashes.
    Separators,
    /// Letters that look like 0 and 1.
    Letters,
    /// Only in an `href="tel:…"`.
    Tel,
    /// Only in attributes that a script would read.
    Attribute,
    /// Only as a string in an inline script, which prints it wherever it is wanted.
    Script,
    /// As [`Disguise::Script`], joined from pieces.
    Joined,
}

impl Disguise {
    /// All but [`Disguise::Plain`].
    pub const ALL: [Disguise; 13] = [
        Disguise::FullWidth,
        Disguise::Circled,
        Disguise::Numerals,
        Disguise::ZeroWidth,
        Disguise::Entities,
        Disguise::Spans,
        Disguise::Comments,
        Disguise::Separators,
        Disguise::Letters,
        Disguise::Tel,
        Disguise::Attribute,
        Disguise::Script,
        Disguise::Joined,
    ];

    /// What stands in running text once the number itself stands in a script; `None` for
    /// disguises that write the number at every place.
    pub fn stand_in(self) -> Option<&'static str> {
        matches!(self, Disguise::Script | Disguise::Joined)
            .then_some("<script>document.write(hot);</script>")
    }

    /// Needs no markup or references around or between the digits, so that titles can hold it.
    pub fn is_text(self) -> bool {
        matches!(
            self,
            Disguise::Plain
                | Disguise::FullWidth
                | Disguise::Numerals
                | Disguise::Separators
                | Disguise::Circled
        )
    }

    /// The source text for a number of which only the digits are known.
    pub fn write(self, rng: &mut Rng, number: &str) -> String {
        match self {
            Disguise::Plain => grouped(rng, number, "-"),
            Disguise::FullWidth => map(&grouped(rng, number, "-"), |c| match c {
                '-' => '-'.into(),
                c => char::from_u32(c as u32 + 0xfee0).unwrap_or(c).into(),
            }),
            Disguise::Circled => map(&grouped(rng, number, "-"), |c| match c.to_digit(10) {
                Some(0) => '⓪'.into(),
                Some(d) => char::from_u32(0x245f + d).unwrap_or(c).into(),
                None => c.into(),
            }),
            Disguise::Numerals => {
                let zero = if rng.chance(0.5) { '零' } else { '〇' };
                let one = if rng.chance(0.3) { '幺' } else { '一' };
                let numerals = [zero, one, '二', '三', '四', '五', '六', '七', '八', '九'];
                let separator = if rng.chance(0.5) { "-" } else { "" };
                map(&grouped(rng, number, separator), |c| {
                    c.to_digit(10).map_or(c, |d| numerals[d as usize]).into()
                })
            }
            Disguise::ZeroWidth => {
                let hidden = rng.pick(&["\u{200b}", "\u{200c}", "\u{feff}", "\u{2060}"]);
                let period = rng.within((2, 4));
                let text = grouped(rng, number, "-");
                let mut out = String::new();
                for (i, c) in text.chars().enumerate() {
                    if i > 0 && i % period == 0 {
                        out.push_str(hidden);
                    }
                    out.push(c);
                }
                out
            }
            Disguise::Separators => {
                let separator = rng.pick(&[".", " ", "/", "_", "--", "—", "－", " - ", "~", "·"]);
                grouped(rng, number, separator)
            }
            Disguise::Letters => {
                let one = rng.pick(&["l", "I"]);
                map(&grouped(rng, number, "-"), |c| match c {
                    '0' => 'O'.into(),
                    '1' => one.to_owned(),
                    c => c.into(),
                })
            }
            _ => self.write_markup(rng, number),
        }
    }

    /// The disguises that need HTML.
    fn write_markup(self, rng: &mut Rng, number: &str) -> String {
        match self {
            Disguise::Entities => {
                let hex = rng.chance(0.5);
                let text = grouped(rng, number, "-");
                map(&text, |c| match c {
                    '0'..='4' if hex => format!("&#x{:x};", c as u32),
                    '0'..='4' => format!("&#{};", c as u32),
                    '-' => "&#45;".to_owned(),
                    c => c.into(),
                })
            }
            Disguise::Spans => {
                let tag = rng.pick(&["span", "b", "font", "i"]);
                let parts = pieces(rng, number);
                map_parts(&parts, |part| format!("<{tag}>{part}</{tag}>"))
            }
            Disguise::Comments => {
                let note = rng.token(super::rng::LOWER, 4);
                pieces(rng, number).join(&format!("<!--{note}-->"))
            }
            Disguise::Tel => {
                let label = rng.pick(&["点击拨打", "一键拨号", "立即咨询", "拨打热线"]);
                format!("<a href=\"tel:{number}\">{label}</a>")
            }
            Disguise::Attribute => {
                let number = grouped(rng, number, "-");
                if rng.chance(0.5) {
                    format!("<a class=\"call\" href=\"#\" data-tel=\"{number}\">立即拨打</a>")
                } else {
                    format!("<a href=\"javascript:;\" onclick=\"call('{number}')\">一键呼叫</a>")
                }
            }
            Disguise::Script => {
                let number = grouped(rng, number, "-");
                format!("<script>var hot=\"{number}\";</script>")
            }
            Disguise::Joined => {
                let quoted = map_parts(&pieces(rng, number), |p| format!("+\"{p}\""));
                let joined = quoted.trim_start_matches('+');
                format!("<script>var hot={joined};</script>")
            }
            _ => grouped(rng, number, "-"),
        }
    }
}

fn map(text: &str, f: impl Fn(char) -> String) -> String {
    text.chars().map(f).collect()
}

fn map_parts(parts: &[String], f: impl Fn(&String) -> String) -> String {
    parts.iter().map(f).collect()
}

/// The digits in one of the groupings that people use, with a separator between the groups.
pub fn grouped(rng: &mut Rng, number: &str, separator: &str) -> String {
    const HOTLINE: [&[usize]; 6] = [
        &[3, 3, 4],
        &[3, 4, 3],
        &[4, 3, 3],
        &[4, 4, 2],
        &[10],
        &[3, 7],
    ];
    const MOBILE: [&[usize]; 2] = [&[11], &[3, 4, 4]];
    let short_area = number.starts_with("01") || number.starts_with("02");
    let sizes: &[usize] = match number.len() {
        10 if number.starts_with("400") => rng.pick(&HOTLINE),
        10 if short_area => &[3, 7],
        11 if short_area => &[3, 8],
        11 if number.starts_with('0') => &[4, 7],
        12 if number.starts_with('0') => &[4, 8],
        11 => rng.pick(&MOBILE),
        _ => return number.to_owned(),
    };
    split(number, sizes).join(separator)
}

/// Two to four pieces, some with the hyphen that a reader expects.
fn pieces(rng: &mut Rng, number: &str) -> Vec<String> {
    let mut parts: Vec<String> = split(number, &[3, 4, 4, 4]);
    if rng.chance(0.5) {
        for part in parts.iter_mut().skip(1) {
            part.insert(0, '-');
        }
    }
    parts
}

fn split(number: &str, sizes: &[usize]) -> Vec<String> {
    let mut rest = number;
    let mut parts = Vec::new();
    for size in sizes {
        let (part, tail) = rest.split_at((*size).min(rest.len()));
        if !part.is_empty() {
            parts.push(part.to_owned());
        }
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts
}

/// An invented 400 number in a range that is assigned.
pub fn invent_400(rng: &mut Rng) -> String {
    let class = rng.pick(&["0", "1", "6", "7", "8", "9"]);
    format!("400{class}{}", rng.token(super::rng::DIGITS, 6))
}

/// An invented mobile number.
pub fn invent_mobile(rng: &mut Rng) -> String {
    let head = rng.pick(&[
        "135", "137", "138", "139", "150", "158", "177", "182", "186", "189",
    ]);
    format!("{head}{}", rng.token(super::rng::DIGITS, 8))
}

/// An invented landline number; eight digits follow a three-digit area code and the larger
/// four-digit ones.
pub fn invent_landline(rng: &mut Rng, area: &str) -> String {
    let local = if area.len() == 3 {
        7
    } else {
        7 - usize::from(!EIGHT_DIGITS.contains(&area))
    };
    let first = rng.pick(&["2", "3", "5", "6", "7", "8"]);
    format!("{area}{first}{}", rng.token(super::rng::DIGITS, local))
}

/// Four-digit area codes whose local numbers have eight digits.
const EIGHT_DIGITS: &[&str] = &[
    "0311", "0371", "0411", "0431", "0451", "0510", "0512", "0516", "0531", "0532", "0551", "0571",
    "0574", "0577", "0591", "0731", "0755", "0757", "0791", "0851", "0898",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_disguise_keeps_every_digit() {
        for (i, disguise) in Disguise::ALL
            .into_iter()
            .chain([Disguise::Plain])
            .enumerate()
        {
            for number in ["4001865909", "075523456789", "02012345678", "13912345678"] {
                let mut rng = Rng::of(&[i as u64, number.len() as u64]);
                let surface = disguise.write(&mut rng, number);
                let digits = super::super::reveal::digits(&surface);
                assert!(
                    digits.contains(number),
                    "{disguise:?}: {surface} read as {digits}"
                );
            }
        }
    }
}
