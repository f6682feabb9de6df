//! What bytes look like when nothing says what they are, or something wrong does.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, UTF_16BE, UTF_16LE};

use super::{as_read, other, whole_utf_8};

/// Detection looks at so many bytes from the first one that is not ASCII.
const SAMPLE: usize = 8 << 10;
/// UTF-16 shows itself in so many bytes.
const START: usize = 4 << 10;

/// A top-level domain, from which chardetng concludes what is likely.
pub type Hint = Option<&'static [u8]>;
pub const CHINESE: Hint = Some(b"cn");

/// The most likely encoding of bytes that are no UTF-8.
///
/// Plain simplified Chinese is recognised at once; the rest is the guess of chardetng, which
/// knows what frequent characters of each encoding look like, at a thousand times the cost. Its
/// hint decides between encodings that fit equally well, and is too strong for Big5: what the
/// hint made GB18030 is compared with the guess for a Taiwanese page.
pub fn detect(bytes: &[u8], hint: Hint) -> &'static Encoding {
    let first = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let sample = &bytes[first..bytes.len().min(first + SAMPLE)];
    if is_common_chinese(sample) {
        return GB18030;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, false);
    let guess = |hint: Hint| as_read(detector.guess(hint, Utf8Detection::Allow));
    let guessed = guess(hint);
    if guessed == GB18030
        && guess(Some(b"tw")) == BIG5
        && strange(sample, BIG5) * 4 < strange(sample, GB18030)
    {
        return BIG5;
    }
    guessed
}

/// Characters that no page means: replaced ones, and those for private use.
fn strange(bytes: &[u8], encoding: &'static Encoding) -> usize {
    let private = |c: &char| matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}');
    other(bytes, encoding).0.chars().filter(private).count()
}

/// Whether the double bytes are spread as in simplified Chinese, after the distribution method of
/// Li and Momoi, "A composite approach to language/encoding detection" (2001): three of four are
/// among the frequent characters of GB 2312 (first bytes B0 to D7), and not only among those
/// whose codes are Hangul in EUC-KR (B0 to C8).
pub fn is_common_chinese(sample: &[u8]) -> bool {
    let (mut pairs, mut frequent, mut not_hangul, mut outside) = (0, 0, 0, 0);
    let mut rest = sample;
    while let Some(at) = rest.iter().position(|b| !b.is_ascii()) {
        let [lead, trail, ..] = rest[at..] else { break };
        pairs += 1;
        outside += u32::from(lead < 0xa1 || trail < 0xa1);
        frequent += u32::from((0xb0..=0xd7).contains(&lead));
        not_hangul += u32::from((0xc9..=0xd7).contains(&lead));
        rest = &rest[at + 2..];
    }
    pairs >= 20 && outside * 50 <= pairs && frequent * 4 >= pairs * 3 && not_hangul * 5 >= pairs
}

/// How many bytes at the end are a UTF-8 character that was cut.
pub fn cut_at_end(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    let begin = tail.iter().rposition(|b| b & 0xc0 != 0x80).unwrap_or(0);
    match std::str::from_utf8(&tail[begin..]) {
        Err(e) if e.error_len().is_none() => tail.len() - begin,
        _ => 0,
    }
}

/// Whether the bytes are UTF-8 to the end (a last character may be cut) with a character of
/// three bytes: text of another encoding does not happen to look like that.
pub fn is_utf_8_chinese(bytes: &[u8]) -> bool {
    whole_utf_8(bytes).is_some_and(|text| text.bytes().any(|b| b >= 0xe0))
}

/// How much of the bytes is UTF-8.
pub struct Census {
    /// Characters of three or four bytes.
    long: usize,
    malformed: usize,
}

impl Census {
    /// Counts; gives up as soon as the rest cannot make the bytes mostly UTF-8 any more.
    pub fn of(bytes: &[u8]) -> Self {
        let mut census = Census {
            long: 0,
            malformed: 0,
        };
        let mut left = bytes.len() - cut_at_end(bytes);
        for chunk in bytes[..left].utf8_chunks() {
            census.long += chunk.valid().bytes().filter(|b| *b >= 0xe0).count();
            census.malformed += usize::from(!chunk.invalid().is_empty());
            left -= chunk.valid().len() + chunk.invalid().len();
            if census.malformed * 10 > census.long + left / 3 {
                break;
            }
        }
        census
    }

    /// Broken characters are rare among whole ones. In text of another encoding it is the other
    /// way round.
    pub fn mostly_utf_8(&self) -> bool {
        self.long > 0 && self.malformed * 10 <= self.long
    }
}

/// UTF-16 without a byte-order mark: markup is ASCII, so every other byte is often zero.
pub fn utf_16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(START)];
    memchr::memchr(0, sample)?;
    let (mut even, mut odd) = (0, 0);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair[0] == 0 && pair[1] != 0);
        odd += usize::from(pair[1] == 0 && pair[0] != 0);
    }
    let many = sample.len() / 2 / 5;
    if odd > many && even * 10 < odd {
        Some(UTF_16LE)
    } else if even > many && odd * 10 < even {
        Some(UTF_16BE)
    } else {
        None
    }
}
