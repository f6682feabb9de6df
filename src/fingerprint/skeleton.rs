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
    let words: Vec<String> = runs
        .iter()
        .map(|&(role, length)| word(role, length))
        .collect();
    let pairs: Vec<String> = words
        .windows(2)
        .map(|pair| pair.concat())
        .chain(words.iter().cloned())
        .collect();
    Skeleton {
        hash: xxh3_64(words.concat().as_bytes()),
        near: simhash::of_words(pairs.iter().map(String::as_str)),
    }
}

/// A run as text: role, and for long runs the order of magnitude.
fn word(role: Role, length: usize) -> String {
    let name = match role {
        Role::Number => "n".to_owned(),
        Role::Brand(numbers) => format!("b{numbers}"),
        Role::Heading => "h".to_owned(),
        Role::Region => "r".to_owned(),
        Role::Slogan => "s".to_owned(),
        Role::Menu => "m".to_owned(),
        Role::Article => "a".to_owned(),
        Role::Other => "o".to_owned(),
    };
    // The generator draws how many regions and paragraphs a block gets.
    let bucket = match role {
        Role::Region | Role::Article | Role::Slogan | Role::Other => usize::from(length > 1),
        _ => length.min(8),
    };
    format!("{name}{bucket};")
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
