//! The head of an HTTP message as it stands in a record (RFC 9112): status and fields.

use std::borrow::Cow;

/// Length of the head including its empty line, or `None` where there is no whole head within
/// the first [`MAX_HEAD`] bytes.
pub fn head_length(block: &[u8]) -> Option<usize> {
    if !block.starts_with(b"HTTP/") {
        return None;
    }
    let within = &block[..block.len().min(MAX_HEAD)];
    memchr::memchr_iter(b'\n', within).find_map(|at| {
        let rest = &within[at + 1..];
        if rest.starts_with(b"\n") {
            Some(at + 2)
        } else if rest.starts_with(b"\r\n") {
            Some(at + 3)
        } else {
            None
        }
    })
}

/// A head longer than this is none.
pub const MAX_HEAD: usize = 256 << 10;

/// The status code of the status line.
pub fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|&b| b == b'\n').next()?;
    let code = line
        .split(|&b| b == b' ' || b == b'\t' || b == b'\r')
        .filter(|word| !word.is_empty())
        .nth(1)?;
    match code {
        [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] => std::str::from_utf8(code).ok()?.parse().ok(),
        _ => None,
    }
}

/// The fields of a head, in order: name, value without surrounding white space, and the whole
/// line. Lines without a colon are left out.
pub fn fields(head: &[u8]) -> impl Iterator<Item = (&[u8], &[u8], &[u8])> {
    head.split_inclusive(|&b| b == b'\n')
        .skip(1)
        .filter_map(|line| {
            let colon = memchr::memchr(b':', line)?;
            Some((
                line[..colon].trim_ascii(),
                line[colon + 1..].trim_ascii(),
                line,
            ))
        })
}

/// The first value of a field, whatever the case of its name.
pub fn field<'a>(head: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    fields(head)
        .find(|(n, _, _)| n.eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, value, _)| String::from_utf8_lossy(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_at_its_empty_line() {
        assert_eq!(
            head_length(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody"),
            Some(25)
        );
        assert_eq!(head_length(b"HTTP/1.1 200 OK\n\nbody"), Some(17));
        assert_eq!(head_length(b"HTTP/1.1 200 OK\r\nA: b"), None);
        assert_eq!(head_length(b"<html>\r\n\r\n"), None);
    }

    #[test]
    fn status_and_fields() {
        let head = b"HTTP/1.1 302 Found\r\nlocation:  /x \r\nnonsense\r\n\r\n";
        assert_eq!(status(head), Some(302));
        assert_eq!(field(head, "Location").as_deref(), Some("/x"));
        assert_eq!(field(head, "Content-Type"), None);
        assert_eq!(status(b"HTTP/2 404\r\n\r\n"), Some(404));
        assert_eq!(status(b"HTTP/1.1 abc\r\n"), None);
        assert_eq!(status(b"HTTP/1.1 99999 x\r\n"), None);
        assert_eq!(status(b""), None);
    }
}
