//! Values as bytes: one version byte, then postcard. A value is refused, not guessed at, where
//! the version is unknown or bytes are left over.
//!
//! | version | differs from the next in |
//! | --- | --- |
//! | 1 | the codes of text and skeleton, which were made by other hashes |
//! | 2 | the code of the borrowed article, likewise, and the offsets of numbers, which counted in their line, attribute or script and not in the decoded page |
//! | 3 | what the server told and how the page looked to other visitors, which were not kept |
//! | 4 | quotes of identifiers, which were not kept |
//! | 5 | the one that is written |

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Codes, Placed, Stored};
use crate::archive::Location;
use crate::extract::identifier::Quotes;
use crate::record::{Record, Served, Visit};

/// Version of all values that this build writes.
const VERSION: u8 = 5;
const OLDEST: u8 = 1;

pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Only types that cannot be serialised (maps of unknown length) make postcard fail; the
    // stored types have none, which the round-trip test shows.
    postcard::to_extend(value, vec![VERSION]).expect("stored types always serialise")
}

/// The bytes of a [`Stored`].
pub fn encode_page(placed: &Placed) -> Vec<u8> {
    #[derive(Serialize)]
    struct Stored<'p> {
        location: Location,
        record: &'p Record,
    }
    encode(&Stored {
        location: placed.location,
        record: &placed.record,
    })
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
    let version = bytes.first().copied().unwrap_or_default();
    let mut stored: Stored = match version {
        // Records ended before these fields, which are the last of the value.
        OLDEST..=3 => {
            let none = (Served::default(), Vec::<Visit>::new(), Quotes::default());
            decode_with(bytes, &none)?
        }
        4 => decode_with(bytes, &Quotes::default())?,
        _ => decode(bytes)?,
    };
    let prints = &mut stored.record.prints;
    if version < 2 {
        (prints.text, prints.skeleton, prints.skeleton_near) = (0, 0, 0);
    }
    if version < 3 {
        prints.article = None;
        let numbers = stored.record.numbers.iter_mut();
        numbers
            .flat_map(|number| &mut number.spots)
            .for_each(|spot| spot.offset = None);
    }
    Ok(stored)
}

/// A value with fields behind it that it was written without.
fn decode_with<T: DeserializeOwned>(bytes: &[u8], more: &impl Serialize) -> Result<T, String> {
    let whole = postcard::to_extend(more, bytes.to_owned());
    decode(&whole.map_err(|e| e.to_string())?)
}

/// Rows of codes; `None` where this build does not know them or computes them in another way.
pub fn decode_codes(bytes: &[u8]) -> Option<Vec<Codes>> {
    let current = bytes.first() > Some(&1);
    decode(bytes).ok().filter(|_| current)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::number::Place;
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
        assert!(record.numbers[0].spots.iter().all(|s| s.offset.is_none()));
    }

    #[test]
    fn pages_of_version_2_are_read() {
        let stored = decode_page(include_bytes!("../../tests/data/stored-v2.bin")).unwrap();
        let record = &stored.record;
        assert_eq!(record.url, "http://www.xinrui-fix.test/b.html");
        let number = &record.numbers[0];
        assert_eq!((number.number.as_str(), number.count), ("4000001234", 5));
        assert_ne!(record.prints.text, 0);
        let seen: Vec<_> = number.spots.iter().map(|s| (s.place, s.offset)).collect();
        assert_eq!(seen[0], (Place::Title, None));
        assert_eq!((seen[4], seen.len()), ((Place::Script, None), 5));
        assert_eq!(decode_page(&encode(&stored)).unwrap(), stored);
    }

    #[test]
    fn pages_of_version_3_are_read() {
        let stored = decode_page(include_bytes!("../../tests/data/stored-v3.bin")).unwrap();
        let record = &stored.record;
        assert_eq!(record.url, "http://www.xinrui-fix.test/c.html");
        let spots = &record.numbers[0].spots;
        assert_eq!((spots.len(), spots[2].offset), (3, Some(247)));
        assert_eq!(record.digest, 16_767_189_594_017_347_149);
        assert_eq!(
            (&record.served, record.visits.len()),
            (&Served::default(), 0)
        );
        assert_eq!(decode_page(&encode(&stored)).unwrap(), stored);
    }

    #[test]
    fn pages_of_version_4_are_read() {
        let stored = decode_page(include_bytes!("../../tests/data/stored-v4.bin")).unwrap();
        let record = &stored.record;
        assert_eq!(record.url, "http://www.xinrui-fix.test/d.html");
        let ids = &record.identifiers;
        assert_eq!(
            (ids.filings.len(), ids.trackers.len(), ids.contacts.len()),
            (1, 1, 1)
        );
        assert_eq!(record.quotes, Quotes::default());
        assert_eq!(decode_page(&encode(&stored)).unwrap(), stored);
    }

    #[test]
    fn articles_of_version_2_are_left_out() {
        let bytes = include_bytes!("../../tests/data/stored-v2-article.bin");
        let stored = decode_page(bytes).unwrap();
        let written = [&[3], &bytes[1..]].concat();
        let written = decode_page(&written).unwrap();
        let prints = &written.record.prints;
        assert_eq!((prints.article, prints.text != 0), (Some(42), true));
        let mut wanted = written;
        wanted.record.prints.article = None;
        let numbers = wanted.record.numbers.iter_mut();
        numbers
            .flat_map(|number| &mut number.spots)
            .for_each(|spot| spot.offset = None);
        assert_eq!(stored, wanted);
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
