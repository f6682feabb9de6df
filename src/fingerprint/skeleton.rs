//! The sequence of line roles, run lengths bucketed: two pages of one generator skin have the
//! same one whatever words were drawn.

use xxhash_rust::xxh3::xxh3_64;

use super::simhash;
use crate::extract::role::Role;

/// Codes of a sequence of roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skeleton {
    /// Equal for equal sequences; 0 for none.
    pub hash: u64,
    /// SimHash of the sequence's pairs.
    pub near: u64,
}

/// Codes the roles of a page's lines in order. Menus are left out: friend links come and go.
pub fn skeleton(roles: impl Iterator<Item = Role>) -> Skeleton {
    let mut runs: Vec<(Role, usize)> = Vec::new();
    for role in roles.filter(|r| *r != Role::Menu) {
        match runs.last_mut() {
            Some((last, length)) if *last == role => *length += 1,
            _ => runs.push((role, 1)),
        }
    }
    if runs.is_empty() {
        return Skeleton::default();
    }
    let words: Vec<[u8; 2]> = runs
        .iter()
        .map(|&(role, length)| word(role, length))
        .collect();
    let code = |word: [u8; 2]| u64::from(u16::from_be_bytes(word));
    let singles = words.iter().map(|w| simhash::mix(0, code(*w)));
    let pairs = words
        .windows(2)
        .map(|w| simhash::mix(code(w[0]), code(w[1])));
    Skeleton {
        hash: xxh3_64(words.as_flattened()),
        near: simhash::of_hashes(singles.chain(pairs)),
    }
}

/// A run as two bytes: role, and for long runs the order of magnitude. No word is zero.
fn word(role: Role, length: usize) -> [u8; 2] {
    let name = match role {
        Role::Number => b'n',
        Role::Brand(numbers) => b'0' + numbers.min(9),
        Role::Heading => b'h',
        Role::Region => b'r',
        Role::Slogan => b's',
        Role::Menu => b'm',
        Role::Article => b'a',
        Role::Other => b'o',
    };
    // The generator draws how many regions and paragraphs a block gets.
    let bucket = match role {
        Role::Region | Role::Article | Role::Slogan | Role::Other => u8::from(length > 1),
        _ => length.min(8) as u8,
    };
    [name, bucket]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_lengths_of_drawn_blocks_do_not_matter() {
        let page = |regions: usize, slogans: usize| {
            let mut roles = vec![Role::Number, Role::Brand(0), Role::Brand(2)];
            roles.extend(std::iter::repeat_n(Role::Slogan, slogans));
            roles.extend(std::iter::repeat_n(Role::Region, regions));
            skeleton(roles.into_iter())
        };
        assert_eq!(page(30, 2), page(44, 3));
        assert_ne!(page(30, 2).hash, page(30, 0).hash);
        assert_eq!(skeleton(std::iter::empty()), Skeleton::default());
    }
}
