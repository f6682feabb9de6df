//! What one character means inside a telephone number: a digit in some script, a separator,
//! nothing at all (invisible), or a letter that looks like a digit.

use std::sync::LazyLock;

use crate::extract::veil::is_veil;

/// How a digit is written; a change of style is a boundary, never a plain continuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// ASCII, full-width, mathematical or any other decimal digit (Unicode `Nd`).
    Plain,
    /// Circled, parenthesised, with full stop, keycap: also used as list markers.
    Enclosed,
    /// Superscript or subscript: also used as footnote marks.
    Raised,
    /// Chinese numerals, financial forms and Suzhou numerals included.
    Han,
}

/// What kinds of separators stand between two digits: a set of the constants below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gap(pub u16);

impl Gap {
    pub const NONE: Gap = Gap(0);
    pub const DASH: Gap = Gap(1);
    pub const SPACE: Gap = Gap(1 << 1);
    pub const DOT: Gap = Gap(1 << 2);
    pub const SLASH: Gap = Gap(1 << 3);
    pub const OPEN: Gap = Gap(1 << 4);
    pub const CLOSE: Gap = Gap(1 << 5);
    pub const UNDERSCORE: Gap = Gap(1 << 6);
    /// `+`, which announces a country code.
    pub const PLUS: Gap = Gap(1 << 7);
    /// `*`, `~`, `|`, `,`: separators of other things too, so they need more evidence.
    pub const ODD: Gap = Gap(1 << 8);
    /// No character, but the style of the digits changes.
    pub const STYLE: Gap = Gap(1 << 9);
    /// One and the same other sign between all groups: `400=186=5909`.
    pub const MARK: Gap = Gap(1 << 10);

    pub fn has(self, other: Gap) -> bool {
        self.0 & other.0 != 0
    }

    /// Nothing but kinds of `other`, and something.
    pub fn only(self, other: Gap) -> bool {
        self != Gap::NONE && self.0 & !other.0 == 0
    }

    pub fn with(self, other: Gap) -> Gap {
        Gap(self.0 | other.0)
    }
}

/// The part that a character can play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    Digit(u8, Style),
    Gap(Gap),
    Invisible,
    Other,
}

/// Code points of the digit zero of every block of decimal digits (Unicode 16, category `Nd`),
/// ASCII and the mathematical digits left out.
const DECIMAL_ZEROS: [u32; 70] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
    0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50,
    0x11da0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1e140, 0x1e2f0,
    0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

/// Runs of enclosed digits: code point of the first, its value, how many.
const ENCLOSED: [(u32, u8, u32); 15] = [
    (0x2460, 1, 9),
    (0x2474, 1, 9),
    (0x2488, 1, 9),
    (0x24f5, 1, 9),
    (0x2776, 1, 9),
    (0x2780, 1, 9),
    (0x278a, 1, 9),
    (0x24ea, 0, 1),
    (0x24ff, 0, 1),
    (0x1f10b, 0, 1),
    (0x1f10c, 0, 1),
    (0x1f100, 0, 1),
    (0x1f101, 0, 10),
    (0x3220, 1, 9),
    (0x3280, 1, 9),
];

/// Code points without a character, and the digits that the web font of one listing platform draws
/// for them; loaded once.
static DRAWN: LazyLock<Vec<(char, u8)>> = LazyLock::new(|| {
    let line = |line: &str| {
        let (code, digit) = line.split_once('\t')?;
        let code = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        Some((code, digit.parse().ok()?))
    };
    let file = include_str!("../data/font-digits.tsv");
    file.lines().filter_map(line).collect()
});

/// One bit for each character of the basic plane that may begin a number.
static BEGINS: LazyLock<Box<[u64; 1024]>> = LazyLock::new(|| {
    let mut bits = Box::new([0u64; 1024]);
    for code in 0..0x10000u32 {
        if let Some(c) = char::from_u32(code)
            && matches!(classify(c), Glyph::Digit(..))
        {
            bits[(code >> 6) as usize] |= 1 << (code & 63);
        }
    }
    bits
});

/// The table behind [`begins`], fetched once per scan.
pub fn begin_table() -> &'static [u64; 1024] {
    &BEGINS
}

/// Can this character begin a number? Characters beyond the basic plane are classified.
pub fn begins(table: &[u64; 1024], c: char) -> bool {
    let code = c as u32;
    if code < 0x10000 {
        table[(code >> 6) as usize] >> (code & 63) & 1 == 1
    } else {
        matches!(classify(c), Glyph::Digit(..))
    }
}

/// What a character means by itself.
pub fn classify(c: char) -> Glyph {
    match c {
        '0'..='9' => Glyph::Digit(c as u8 - b'0', Style::Plain),
        '\u{0}'..='\u{7f}' => match c {
            ' ' | '\t' => Glyph::Gap(Gap::SPACE),
            '-' => Glyph::Gap(Gap::DASH),
            '.' => Glyph::Gap(Gap::DOT),
            '/' => Glyph::Gap(Gap::SLASH),
            '(' | '[' => Glyph::Gap(Gap::OPEN),
            ')' | ']' => Glyph::Gap(Gap::CLOSE),
            '_' => Glyph::Gap(Gap::UNDERSCORE),
            '+' => Glyph::Gap(Gap::PLUS),
            '*' | '~' | '|' | ',' => Glyph::Gap(Gap::ODD),
            _ => Glyph::Other,
        },
        _ => {
            if let Some(value) = han(c) {
                return Glyph::Digit(value, Style::Han);
            }
            if ('\u{4e00}'..='\u{9fff}').contains(&c) && c != '丨' {
                return Glyph::Other;
            }
            separator(c).unwrap_or_else(|| other_digit(c))
        }
    }
}

fn han(c: char) -> Option<u8> {
    Some(match c {
        '零' | '〇' | '○' | '◯' => 0,
        // The radicals of Kangxi look like the numerals, and so do the marks of kanbun.
        '一' | '壹' | '幺' | '弌' | '〡' | '\u{2f00}' | '\u{3192}' => 1,
        '二' | '贰' | '貳' | '两' | '兩' | '弍' | '〢' | '\u{2f06}' | '\u{3193}' => 2,
        '三' | '叁' | '參' | '叄' | '弎' | '〣' | '\u{3194}' => 3,
        '四' | '肆' | '〤' | '\u{3195}' => 4,
        '五' | '伍' | '〥' => 5,
        '六' | '陆' | '陸' | '〦' => 6,
        '七' | '柒' | '〧' => 7,
        '八' | '捌' | '〨' | '\u{2f0b}' => 8,
        '九' | '玖' | '〩' => 9,
        _ => return None,
    })
}

fn separator(c: char) -> Option<Glyph> {
    let gap = match c {
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{2500}'
        | '\u{2501}'
        | '\u{ff0d}'
        | '\u{fe63}'
        | '\u{fe58}'
        | '\u{30fc}'
        | '\u{2043}'
        | '\u{207b}'
        | '\u{208b}'
        | '\u{2796}'
        | '\u{af}'
        | '\u{ffe3}'
        | '\u{2c9}'
        | '\u{2ed}'
        | '\u{1173}'
        | '\u{3161}'
        | '\u{2e3a}'
        | '\u{2e3b}' => Gap::DASH,
        '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{2800}' => Gap::SPACE,
        '\u{b7}' | '\u{2022}' | '\u{30fb}' | '\u{ff0e}' | '\u{2219}' | '\u{22c5}' | '\u{25cf}'
        | '\u{2027}' | '\u{2024}' | '\u{ff65}' => Gap::DOT,
        '\u{ff0f}' | '\u{2044}' | '\u{2215}' | '\u{ff3c}' => Gap::SLASH,
        '\u{ff08}' | '\u{3010}' | '\u{ff3b}' | '\u{3014}' | '\u{300c}' | '\u{300e}'
        | '\u{3016}' => Gap::OPEN,
        '\u{ff09}' | '\u{3011}' | '\u{ff3d}' | '\u{3015}' | '\u{300d}' | '\u{300f}'
        | '\u{3017}' => Gap::CLOSE,
        '\u{ff3f}' => Gap::UNDERSCORE,
        '\u{ff0b}' => Gap::PLUS,
        '\u{ff0a}' | '\u{ff5e}' | '\u{301c}' | '\u{ff5c}' | '\u{ff0c}' | '\u{4e28}'
        | '\u{2026}' | '\u{22ef}' => Gap::ODD,
        c if is_veil(c) => return Some(Glyph::Invisible),
        '\u{202a}'..='\u{202e}'
        | '\u{2065}'..='\u{206f}'
        | '\u{300}'..='\u{36f}'
        | '\u{20d0}'..='\u{20f0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e01ef}' => {
            return Some(Glyph::Invisible);
        }
        _ => return None,
    };
    Some(Glyph::Gap(gap))
}

fn other_digit(c: char) -> Glyph {
    let code = c as u32;
    match code {
        0xb2 | 0xb3 => return Glyph::Digit((code - 0xb0) as u8, Style::Raised),
        0xb9 => return Glyph::Digit(1, Style::Raised),
        0x2070 | 0x2074..=0x2079 => return Glyph::Digit((code - 0x2070) as u8, Style::Raised),
        0x2080..=0x2089 => return Glyph::Digit((code - 0x2080) as u8, Style::Raised),
        0x1d7ce..=0x1d7ff => return Glyph::Digit(((code - 0x1d7ce) % 10) as u8, Style::Plain),
        _ => {}
    }
    let block = DECIMAL_ZEROS.partition_point(|&zero| zero <= code);
    if block > 0 && code - DECIMAL_ZEROS[block - 1] < 10 {
        return Glyph::Digit((code - DECIMAL_ZEROS[block - 1]) as u8, Style::Plain);
    }
    for &(first, value, many) in &ENCLOSED {
        if (first..first + many).contains(&code) {
            return Glyph::Digit(value + (code - first) as u8, Style::Enclosed);
        }
    }
    let drawn = DRAWN.iter().find(|(glyph, _)| *glyph == c);
    drawn.map_or(Glyph::Other, |&(_, digit)| {
        Glyph::Digit(digit, Style::Plain)
    })
}

/// May one and the same of these stand between all groups of a number? Not what opens a quotation or
/// a title.
pub fn marks(c: char) -> bool {
    let words = c.is_alphanumeric() || c.is_whitespace() || c.is_control();
    !words && !"“”《》".contains(c)
}

/// The digit that a letter passes for, or a word that the services spell it with (洞, 拐, 勾).
pub fn lookalike(c: char) -> Option<u8> {
    match c {
        'O' | 'o' | 'Ｏ' | 'ｏ' | 'Ο' | 'ο' | 'О' | 'о' | 'Ø' | 'ø' | 'Θ' | 'θ' | '洞' => {
            Some(0)
        }
        'I' | 'l' | 'i' | 'Ｉ' | 'ｌ' | 'І' | 'Ι' => Some(1),
        'З' | 'з' => Some(3),
        'б' => Some(6),
        '拐' => Some(7),
        '勾' => Some(9),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_counts_from_zero_to_nine() {
        for row in [
            "٠١٢٣٤٥٦٧٨٩",
            "０１２３４５６７８９",
            "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
            "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
            "०१२३४५६७८९",
            "𑁦𑁧𑁨𑁩𑁪𑁫𑁬𑁭𑁮𑁯",
        ] {
            for (value, c) in row.chars().enumerate() {
                assert_eq!(classify(c), Glyph::Digit(value as u8, Style::Plain), "{c}");
            }
        }
        for (row, style) in [
            ("⓪①②③④⑤⑥⑦⑧⑨", Style::Enclosed),
            ("⓿❶❷❸❹❺❻❼❽❾", Style::Enclosed),
            ("零壹贰叁肆伍陆柒捌玖", Style::Han),
            ("⁰¹²³⁴⁵⁶⁷⁸⁹", Style::Raised),
            ("₀₁₂₃₄₅₆₇₈₉", Style::Raised),
        ] {
            for (value, c) in row.chars().enumerate() {
                assert_eq!(classify(c), Glyph::Digit(value as u8, style), "{c}");
            }
        }
    }

    #[test]
    fn the_table_agrees_with_the_classes() {
        let table = begin_table();
        for c in ['4', '〇', '①', '４', '-', '海', 'O', '\u{200b}', '𝟎'] {
            assert_eq!(
                begins(table, c),
                matches!(classify(c), Glyph::Digit(..)),
                "{c}"
            );
        }
        assert!(DECIMAL_ZEROS.is_sorted());
    }
}
