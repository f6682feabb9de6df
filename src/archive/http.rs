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

/// The head of a body whose codings were undone: `Transfer-Encoding`, `Content-Encoding` and a
/// `Content-Length` that is not `length` are renamed to `X-Archive-Orig-…`, as other archivers do,
/// so that no reader undoes them again.
pub fn without_codings(head: &[u8], length: usize) -> Vec<u8> {
    let status_line = memchr::memchr(b'\n', head).map_or(head.len(), |at| at + 1);
    let mut out = head[..status_line].to_vec();
    for line in head[status_line..].split_inclusive(|&b| b == b'\n') {
        let colon = memchr::memchr(b':', line).unwrap_or(0);
        let name = line[..colon].trim_ascii();
        let renamed = name.eq_ignore_ascii_case(b"Transfer-Encoding")
            || name.eq_ignore_ascii_case(b"Content-Encoding")
            || (name.eq_ignore_ascii_case(b"Content-Length")
                && line[colon + 1..].trim_ascii() != length.to_string().as_bytes());
        if renamed {
            out.extend_from_slice(b"X-Archive-Orig-");
        }
        out.extend_from_slice(line);
    }
    out
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

    #[test]
    fn codings_that_were_undone_are_renamed() {
        let head =
            b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nContent-Length: 9\r\nA: b\r\n\r\n";
        let bare = without_codings(head, 20);
        assert_eq!(
            String::from_utf8_lossy(&bare),
            "HTTP/1.1 200 OK\r\nX-Archive-Orig-content-encoding: gzip\r\n\
             X-Archive-Orig-Content-Length: 9\r\nA: b\r\n\r\n"
        );
        assert_eq!(without_codings(&bare, 20), bare);
    }
}
