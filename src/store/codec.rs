//! Values as bytes: one version byte, then postcard. A value is refused, not guessed at, where
//! the version is unknown or bytes are left over.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Version of all values that this build writes.
const VERSION: u8 = 1;

pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Only types that cannot be serialised (maps of unknown length) make postcard fail; the
    // stored types have none, which the round-trip test shows.
    postcard::to_extend(value, vec![VERSION]).expect("stored types always serialise")
}

pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => match postcard::take_from_bytes(rest) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Queued;

    #[test]
    fn only_whole_values_of_a_known_version_decode() {
        let value = Queued {
            seq: 7,
            url: "http://a.test/".into(),
            depth: 2,
            redirects: 0,
        };
        let bytes = encode(&value);
        assert_eq!(decode::<Queued>(&bytes), Ok(value));
        assert!(decode::<Queued>(&bytes[..bytes.len() - 1]).is_err());
        assert!(decode::<Queued>(&[&bytes[..], b"x"].concat()).is_err());
        assert!(decode::<Queued>(&[9, 0]).is_err());
        assert!(decode::<Queued>(&[]).is_err());
    }
}
