//! The HTTP client, set up once.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Url};

use crate::crawl::resolve::Resolver;
use crate::error::{Error, Result};

use super::{MAX_HEAD, Options};

const ACCEPT: &str = "text/html,application/xhtml+xml,text/plain;q=0.8,*/*;q=0.1";
const ACCEPT_LANGUAGE: &str = "zh-CN,zh;q=0.9,en;q=0.5";

/// A request as it is sent, written down: line and fields, ending in an empty line. (The order of
/// the fields on the wire is the HTTP library's.)
pub(super) fn request_head(url: &Url, user_agent: &str) -> Vec<u8> {
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {user_agent}\r\nAccept: {ACCEPT}\r\n\
         Accept-Language: {ACCEPT_LANGUAGE}\r\nAccept-Encoding: gzip, br, zstd, deflate\r\n\r\n"
    )
    .into_bytes()
}

/// reqwest's way into [`Resolver`].
struct Guarded(Resolver);

impl reqwest::dns::Resolve for Guarded {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let resolver = self.0.clone();
        Box::pin(async move {
            let found = resolver.lookup(name.as_str()).await?;
            let found: Vec<_> = found.to_vec();
            Ok(Box::new(found.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// The client, and the resolver that it asks.
///
/// # Errors
/// A proxy address or User-Agent that cannot be used.
pub(super) fn build(options: &Options) -> Result<(Client, Resolver)> {
    // An error means that a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusted = match &options.proxy {
        Some(proxy) => Url::parse(proxy)
            .ok()
            .and_then(|u| u.host_str().map(str::to_owned)),
        None => None,
    };
    let resolver = Resolver::new(&options.resolve, trusted, options.allow_private);
    let build = |roots: Roots| client(options, resolver.clone(), roots);
    // A machine without certificates of its own still reads http, and https by the roots
    // that come along.
    let client = build(Roots::System)?
        .build()
        .or_else(|_| build(Roots::Shipped)?.build().map_err(set_up))?;
    Ok((client, resolver))
}

/// Whose certificates are trusted.
#[derive(Clone, Copy)]
enum Roots {
    System,
    Shipped,
}

fn client(options: &Options, resolver: Resolver, roots: Roots) -> Result<reqwest::ClientBuilder> {
    let user_agent = HeaderValue::from_str(&options.user_agent).map_err(|_| {
        Error::Usage(format!(
            "--user-agent {:?}: only printable ASCII can be sent",
            options.user_agent
        ))
    })?;
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
    headers.insert(
        header::ACCEPT_LANGUAGE,
        HeaderValue::from_static(ACCEPT_LANGUAGE),
    );
    let mut builder = Client::builder()
        .user_agent(user_agent)
        .default_headers(headers)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .tls_info(true)
        .dns_resolver(Guarded(resolver))
        .connect_timeout(options.connect_timeout)
        // Idle connections cost file descriptors, and without end where hosts are many.
        .pool_idle_timeout((options.delay + Duration::from_secs(2)).min(Duration::from_secs(10)))
        .pool_max_idle_per_host(8)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http2_max_header_list_size(MAX_HEAD as u32)
        .tls_danger_accept_invalid_certs(options.insecure);
    if matches!(roots, Roots::Shipped) {
        builder = builder.tls_certs_only(
            webpki_root_certs::TLS_SERVER_ROOT_CERTS
                .iter()
                .filter_map(|der| reqwest::Certificate::from_der(der).ok()),
        );
    }
    if let Some(address) = &options.proxy {
        let proxy = reqwest::Proxy::all(address).map_err(|_| {
            Error::Usage(format!(
                "--proxy {}: expected http://HOST:PORT or socks5://HOST:PORT",
                without_password(address)
            ))
        })?;
        builder = builder.proxy(proxy);
    }
    Ok(builder)
}

/// A proxy's address as it may be shown: whatever stands before the `@` is left out, also where
/// the whole is no address.
pub(super) fn without_password(address: &str) -> String {
    let start = address.find("://").map_or(0, |i| i + 3);
    match address.rfind('@') {
        Some(at) if at >= start => format!("{}***{}", &address[..start], &address[at..]),
        // `user:p://w@host`
        Some(at) => format!("***{}", &address[at..]),
        None => address.to_owned(),
    }
}

fn set_up(error: reqwest::Error) -> Error {
    let cause = error.source().map(ToString::to_string);
    Error::Failed(format!(
        "cannot set up HTTP: {}",
        cause.unwrap_or_else(|| error.to_string())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for (given, shown) in [
            ("http://h:1", "http://h:1"),
            ("http://u:secret@h:1", "http://***@h:1"),
            ("socks5://u:se/c@ret@h", "socks5://***@h"),
            ("u:secret@h:1", "***@h:1"),
            ("u:secret@h://1", "***@h://1"),
            ("", ""),
        ] {
            assert_eq!(without_password(given), shown);
        }
    }
}
