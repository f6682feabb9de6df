//! The HTTP client, set up once.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Url};

use crate::crawl::resolve::Resolver;
use crate::error::{Error, Result};
use crate::page::Profile;

use super::{MAX_HEAD, Options};

const ACCEPT: &str = "text/html,application/xhtml+xml,text/plain;q=0.8,*/*;q=0.1";
const ACCEPT_ENCODING: &str = "gzip, br, zstd, deflate";
const ACCEPT_LANGUAGE: &str = "zh-CN,zh;q=0.9,en;q=0.5";

/// A request as it is sent, written down: line and fields, ending in an empty line. (The order of
/// the fields on the wire is the HTTP library's.)
pub(super) fn request_head(url: &Url, user_agent: &str, profile: Option<Profile>) -> Vec<u8> {
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let own = fields_of(profile, user_agent);
    let agent = own.iter().find(|(name, _)| *name == header::USER_AGENT);
    let user_agent = agent.map_or(user_agent, |(_, agent)| agent.as_str());
    let mut head = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {user_agent}\r\nAccept: {ACCEPT}\r\n\
         Accept-Language: {ACCEPT_LANGUAGE}\r\nAccept-Encoding: {ACCEPT_ENCODING}\r\n"
    );
    if let Some((_, from)) = own.iter().find(|(name, _)| *name == header::REFERER) {
        head.push_str(&format!("Referer: {from}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// The results of a search engine from which a visitor comes.
const SEARCH_RESULTS: &str = "https://www.baidu.com/s?wd=%E7%BB%B4%E4%BF%AE%E7%94%B5%E8%AF%9D";
/// How a telephone's browser begins to name itself; the crawler's own name follows.
const MOBILE: &str = "Mozilla/5.0 (Linux; Android 14; Mobile) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36";

/// The fields in which a visitor's request differs from the plain one. The name of whoever asks
/// is in all of them.
pub(super) fn fields_of(
    profile: Option<Profile>,
    user_agent: &str,
) -> Vec<(header::HeaderName, String)> {
    match profile {
        None | Some(Profile::Again) => Vec::new(),
        Some(Profile::Search) => vec![(header::REFERER, SEARCH_RESULTS.to_owned())],
        Some(Profile::Mobile) => vec![(header::USER_AGENT, format!("{MOBILE} {user_agent}"))],
    }
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
    headers.insert(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static(ACCEPT_ENCODING),
    );
    let mut builder = Client::builder()
        .user_agent(user_agent)
        .default_headers(headers)
        .no_proxy()
        // The client knows it with its zlib frame alone; see `coding`.
        .no_deflate()
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
