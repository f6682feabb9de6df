//! Cheap looks at all bytes of a text, three in a row at a time, before it is decoded.
//!
//! Nothing ends a look early: the compiler does sixteen places at once.

/// Places that are looked at together.
const PLACES: usize = 16;
/// Their bytes, with the two behind the last of them.
const BYTES: usize = PLACES + 2;

/// At how many places of the text the test holds of the byte there and of the two behind it, which
/// are 0 behind the text's end. It must not hold of zeros, and is fast if it is made of
/// comparisons, `&` and `|` alone.
#[inline]
pub fn count(text: &str, test: impl Fn(u8, u8, u8) -> bool) -> usize {
    let holds = |window: &[u8; BYTES]| {
        let places = (0..PLACES).map(|i| u8::from(test(window[i], window[i + 1], window[i + 2])));
        usize::from(places.sum::<u8>())
    };
    let mut rest = text.as_bytes();
    let mut found = 0;
    while !rest.is_empty() {
        found += match rest.first_chunk() {
            Some(window) => holds(window),
            None => {
                let mut window = [0; BYTES];
                window[..rest.len()].copy_from_slice(rest);
                holds(&window)
            }
        };
        rest = rest.get(PLACES..).unwrap_or_default();
    }
    found
}

/// Whether it holds anywhere.
#[inline]
pub fn any(text: &str, test: impl Fn(u8, u8, u8) -> bool) -> bool {
    count(text, test) > 0
}

#[cfg(test)]
mod tests {
    proptest::proptest! {
        #[test]
        fn every_place_is_looked_at(text in "[abc]{0,60}") {
            let test = |a: u8, b: u8, c: u8| (a == b'a') & (b == b'b') & (c != b'c');
            let found = text.match_indices("ab").filter(|(at, _)| !text[at + 2..].starts_with('c'));
            proptest::prop_assert_eq!(super::count(&text, test), found.count());
        }
    }
}
