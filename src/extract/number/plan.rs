//! The numbering plan: which digit strings can be numbers at all.

use std::sync::LazyLock;

/// A local number of this area may have seven digits.
const SEVEN: u8 = 1;
/// … or eight.
const EIGHT: u8 = 2;

/// Lengths of local numbers by area code (without its 0).
static AREAS: LazyLock<Box<[u8; 1000]>> = LazyLock::new(|| {
    let mut table = Box::new([0u8; 1000]);
    for line in include_str!("../data/area-codes.tsv").lines() {
        let Some((code, lengths)) = line.split_once('\t') else {
            continue;
        };
        if let Ok(code) = code.parse::<usize>()
            && let Some(entry) = table.get_mut(code)
        {
            *entry =
                u8::from(lengths.contains('7')) * SEVEN + u8::from(lengths.contains('8')) * EIGHT;
        }
    }
    table
});

fn value(digits: &[u8]) -> usize {
    digits.iter().fold(0, |n, &d| n * 10 + usize::from(d))
}

/// The length of the area code (without its 0) that `digits` start with, and whether its local
/// numbers may have seven and eight digits.
pub fn area(digits: &[u8]) -> Option<(usize, bool, bool)> {
    let length = match digits {
        [1, 0, ..] | [2, _, ..] => 2,
        [3..=9, _, _, ..] => 3,
        _ => return None,
    };
    match AREAS[value(&digits[..length])] {
        0 => None,
        lengths => Some((length, lengths & SEVEN != 0, lengths & EIGHT != 0)),
    }
}

/// `400` or `800` and seven digits; seven zeros are a form to fill in.
pub fn is_toll(digits: &[u8]) -> bool {
    matches!(digits, [4 | 8, 0, 0, rest @ ..] if rest.len() == 7 && rest.iter().any(|&d| d != 0))
}

/// Nobody has 1400…: that is a list marker before a toll number.
pub fn is_mobile(digits: &[u8]) -> bool {
    matches!(digits, [1, 3..=9, ..]) && digits.len() == 11 && !digits.starts_with(&[1, 4, 0, 0])
}

/// `95xxx`, `95xxxx`, `95xxxxxx`, `96xxx`, `96xxxx`, `1010xxxx`, `121xx`, `123xx`, `125xx`, `100xx`,
/// `1118x`, `116114`, `118114`.
pub fn is_short(digits: &[u8]) -> bool {
    match digits {
        [9, 5, ..] => matches!(digits.len(), 5 | 6 | 8),
        [9, 6, ..] => matches!(digits.len(), 5 | 6),
        [1, 0, 1, 0, ..] => digits.len() == 8,
        [1, 2, 1 | 3 | 5, ..] | [1, 0, 0, ..] | [1, 1, 1, 8, ..] => digits.len() == 5,
        [1, 1, 6 | 8, 1, 1, 4] => true,
        _ => false,
    }
}

/// A number of the North American plan: area and exchange start with 2–9.
pub fn is_north_american(digits: &[u8]) -> bool {
    digits.len() == 10 && digits[0] >= 2 && digits[3] >= 2
}

/// A year of ours.
pub fn is_year(digits: &[u8]) -> bool {
    digits.len() == 4 && (1990..=2049).contains(&value(digits))
}

/// `20231118` or the same with two-digit parts: year, month, day in range.
pub fn is_date(digits: &[u8]) -> bool {
    digits.len() == 8
        && (1900..=2099).contains(&value(&digits[..4]))
        && (1..=12).contains(&value(&digits[4..6]))
        && (1..=31).contains(&value(&digits[6..]))
}

/// 2³¹ and the like, or one less: bounds that programs know, and nobody's number.
pub fn is_bound(digits: &[u8]) -> bool {
    (9..=18).contains(&digits.len()) && {
        let value = value(digits);
        value.is_power_of_two() || (value + 1).is_power_of_two()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_tables_are_read() {
        assert_eq!(area(&[1, 0, 6]), Some((2, false, true)));
        assert_eq!(area(&[7, 5, 5]), Some((3, false, true)));
        assert_eq!(area(&[7, 7, 5]), Some((3, true, false)));
        assert_eq!(area(&[9, 9, 9, 9]), Some((3, true, false)));
        assert_eq!(area(&[7, 0, 0]), None);
    }
}
