//! What is read off the head of an answer, and off a failure to get one.

use reqwest::header::{self, HeaderMap};
use reqwest::{Response, StatusCode, Url};
use rustls::CertificateError;

use super::super::progress::Failure;
use super::super::traps;
use super::MAX_HEAD;

pub fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// What tells pages apart in the queue: not scheme, order of parameters, or session ids.
pub fn page_key(url: &Url) -> Option<[u8; 16]> {
    traps::candidate(url.clone(), 0, 0).map(|c| c.canonical.key())
}

/// Target of a redirect, where it is an http or https address.
pub fn location(response: &Response, base: &Url) -> Option<Url> {
    let value = response.headers().get(header::LOCATION)?;
    // Servers send raw UTF-8 here; the URL parser escapes it.
    let mut target = base
        .join(std::str::from_utf8(value.as_bytes()).ok()?)
        .ok()?;
    traps::strip_credentials(&mut target);
    matches!(target.scheme(), "http" | "https").then_some(target)
}

/// The head of the answer as HTTP/1.1 writes it. Fields that tell how the body was coded on its
/// way are left out: the body is kept decoded.
pub fn head(response: &Response) -> Result<Vec<u8>, Failure> {
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or("");
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
    for (name, value) in response.headers() {
        if [
            header::CONTENT_ENCODING,
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
        ]
        .contains(name)
        {
            continue;
        }
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
        if head.len() > MAX_HEAD {
            return Err(Failure::Broken);
        }
    }
    head.extend_from_slice(b"\r\n");
    Ok(head)
}

pub fn text_of(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The kind of a TLS failure: a certificate that is not trusted is told apart, and why.
pub fn tls_failure(error: &rustls::Error) -> Failure {
    let rustls::Error::InvalidCertificate(why) = error else {
        return Failure::Tls;
    };
    Failure::Certificate(match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "for another name"
        }
        CertificateError::UnknownIssuer => "of an unknown issuer",
        CertificateError::Revoked => "revoked",
        _ => "broken",
    })
}
