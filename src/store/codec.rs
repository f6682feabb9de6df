//! Values as bytes: one version byte, then postcard. A value is refused, not guessed at, where
//! the version is unknown or bytes are left over.
//!
//! | version | differs from the next in |
//! | --- | --- |
//! | 1 | the codes of text and skeleton, which were made by other hashes |
//! | 2 | the one that is written |

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Stored;

/// Version of all values that this build writes.
const VERSION: u8 = 2;
const OLDEST: u8 = 1;

pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Only types that cannot be serialised (maps of unknown length) make postcard fail; the
    // stored types have none, which the round-trip test shows.
    postcard::to_extend(value, vec![VERSION]).expect("stored types always serialise")
}

pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    match bytes.split_first() {
        Some((OLDEST..=VERSION, rest)) => match postcard::take_from_bytes(rest) {
            Ok((value, [])) => Ok(value),
            Ok(_) => Err("a value has bytes left over".into()),
            Err(e) => Err(format!("a value does not decode: {e}")),
        },
        Some((version, _)) => Err(format!(
            "a value has version {version}, unknown to this build"
        )),
        None => Err("a value is empty".into()),
    }
}

/// A page. What an older version computed in another way is left empty, as if the page had too
/// little text for it: a `rebuild` computes it anew.
pub fn decode_page(bytes: &[u8]) -> Result<Stored, String> {
    let mut stored: Stored = decode(bytes)?;
    if bytes.first() == Some(&1) {
        let prints = &mut stored.record.prints;
        (prints.text, prints.skeleton, prints.skeleton_near) = (0, 0, 0);
    }
    Ok(stored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Meta;

    #[test]
    fn pages_of_version_1_are_read() {
        let stored = decode_page(include_bytes!("../../tests/data/stored-v1.bin")).unwrap();
        let record = stored.record;
        assert_eq!(record.url, "http://www.xinrui-fix.test/a.html");
        assert_eq!(record.numbers[0].number, "4000001234");
        assert_eq!(
            (record.brands[0].brand.as_str(), record.numbers[0].count),
            ("欣睿", 4)
        );
        assert_eq!((record.prints.text, record.prints.skeleton), (0, 0));
        assert!(!record.prints.lines.is_empty());
    }

    #[test]
    fn only_whole_values_of_a_known_version_decode() {
        let value = Meta {
            commits: 7,
            ..Meta::default()
        };
        let bytes = encode(&value);
        assert_eq!(decode::<Meta>(&bytes), Ok(value));
        assert!(decode::<Meta>(&bytes[..bytes.len() - 1]).is_err());
        assert!(decode::<Meta>(&[&bytes[..], b"x"].concat()).is_err());
        assert!(decode::<Meta>(&[9, 0]).is_err());
        assert!(decode::<Meta>(&[]).is_err());
    }
}
