//! One HTTP exchange, with every limit on it: the only folder that names `reqwest`.
//!
//! Redirects are answers like any other (their target is a new candidate), cookies and `Referer`
//! are off, environment proxies are ignored, and addresses are checked before the request where
//! the URL holds one, and in the resolver where it holds a name.

mod answer;
mod body;
mod certificate;
mod client;
mod coding;
mod kind;

use std::error::Error as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header;
use reqwest::{Client, Response, StatusCode, Url};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::archive::Exchange;
use crate::error::{Error, Result};
use crate::page::{Body, Connection, Origin, Page, Profile};
use crate::site::CanonicalUrl;

use super::frontier::{ROBOTS_REDIRECTS, RobotsAnswer};
use super::guard;
use super::politeness;
use super::progress::Failure;
use super::resolve::{NoAddress, Override, Resolver};
use super::robots::{self, Robots};
use super::sitemap::{self, Sitemap};
use super::traps;
use answer::{head, is_redirect, location, page_key, text_of};

/// How to fetch.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Sent as it is; its leading name is what robots.txt is read for.
    pub user_agent: String,
    /// `http://`, `https://`, `socks5://` or `socks5h://` address of a proxy. Where the proxy
    /// resolves names, only addresses and local names written in URLs can be refused.
    pub proxy: Option<String>,
    pub resolve: Vec<Override>,
    /// Accept any TLS certificate.
    pub insecure: bool,
    /// Lift the address rules.
    pub allow_private: bool,
    /// Bytes of a body, counted after decompression.
    pub max_body: usize,
    /// Limits on connecting, on the first byte of the answer, between reads, and on everything.
    pub connect_timeout: Duration,
    pub answer_timeout: Duration,
    pub read_timeout: Duration,
    pub timeout: Duration,
    /// Pause between the redirects of a robots.txt; connections are kept a little longer.
    pub delay: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            user_agent: user_agent(None),
            proxy: None,
            resolve: Vec::new(),
            insecure: false,
            allow_private: false,
            max_body: 4 << 20,
            connect_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(15),
            read_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            delay: Duration::from_secs(1),
        }
    }
}

/// The honest User-Agent: name and version, and how to reach whoever runs it.
pub fn user_agent(contact: Option<&str>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match contact {
        Some(contact) => format!("partyline/{version} (+{contact})"),
        None => format!("partyline/{version}"),
    }
}

/// Header bytes that an answer may have.
const MAX_HEAD: usize = 64 << 10;

/// What a URL brought.
#[derive(Debug)]
pub enum Fetched {
    /// A page, or a redirect elsewhere (without a body), and how it came.
    Page(Box<Page>, Box<Exchange>),
    /// The same page lies under this other spelling of its address: https for http, or with the
    /// session id that the server wants to see.
    Moved(String),
    /// No page: a list of pages.
    Sitemap(Box<Sitemap>),
    /// 429 or 503, with `Retry-After`.
    Refused(Option<Duration>),
}

/// Fetches; cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    resolver: Resolver,
    options: Arc<Options>,
}

impl Fetcher {
    /// # Errors
    /// A proxy address or User-Agent that cannot be used.
    pub fn new(options: &Options) -> Result<Self> {
        let (client, resolver) = client::build(options)?;
        Ok(Fetcher {
            client,
            resolver,
            options: Arc::new(options.clone()),
        })
    }

    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// Tells whether the proxy, if there is one, takes connections: without it every page would
    /// fail, and count as done.
    ///
    /// # Errors
    /// It does not.
    pub async fn check_proxy(&self) -> Result<()> {
        let Some(proxy) = &self.options.proxy else {
            return Ok(());
        };
        let failed = |why: &dyn std::fmt::Display| {
            let shown = client::without_password(proxy);
            Error::Failed(format!(
                "--proxy {shown}: cannot connect ({why}): check its address, and that it runs"
            ))
        };
        let url = Url::parse(proxy).map_err(|e| failed(&e))?;
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = url.port_or_known_default().unwrap_or(1080);
        let connect = tokio::net::TcpStream::connect((host, port));
        match timeout(self.options.connect_timeout, connect).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failed(&error)),
            Err(_) => Err(failed(&"too slow")),
        }
    }

    /// Tells whether there is a way out: the proxy, where there is one, or else any of these
    /// origins takes connections.
    pub async fn connects(&self, origins: &[String]) -> bool {
        if self.options.proxy.is_some() {
            return self.check_proxy().await.is_ok();
        }
        let mut attempts = JoinSet::new();
        for origin in origins {
            let Ok(url) = Url::parse(origin) else {
                continue;
            };
            let (resolver, patience) = (self.resolver.clone(), self.options.connect_timeout);
            attempts.spawn(async move {
                let found = resolver.lookup(url.host_str()?).await.ok()?;
                let mut address = *found.first()?;
                // As for a request: the port of the URL, that of an override, the scheme's own.
                if url.port().is_some() || address.port() == 0 {
                    address.set_port(url.port_or_known_default()?);
                }
                let connect = tokio::net::TcpStream::connect(address);
                timeout(patience, connect).await.ok()?.ok()
            });
        }
        while let Some(attempt) = attempts.join_next().await {
            if matches!(attempt, Ok(Some(_))) {
                return true;
            }
        }
        false
    }

    /// Fetches a page.
    ///
    /// # Errors
    /// Why there is no page; a value to count, never a reason to stop.
    pub async fn page(&self, url: &str) -> Result<Fetched, Failure> {
        self.visit(url, None).await
    }

    /// Fetches a page as another visitor than the plain one sees it. An error of the server is
    /// an answer like any other here: a page without a body.
    ///
    /// # Errors
    /// As [`Fetcher::page`].
    pub async fn visit(&self, url: &str, profile: Option<Profile>) -> Result<Fetched, Failure> {
        let mut parsed = Url::parse(url).map_err(|_| Failure::BadUrl)?;
        traps::strip_credentials(&mut parsed);
        let canonical = CanonicalUrl::of(&parsed).ok_or(Failure::BadUrl)?;
        let started = Instant::now();
        let deadline = started + self.options.timeout;
        let response = self.request(parsed.clone(), profile, deadline).await?;
        let status = response.status();
        let now = unix_now();
        if matches!(status.as_u16(), 429 | 503) {
            return Ok(Fetched::Refused(retry_after(&response)));
        }
        let head = head(&response)?;
        let connection = self.connection(&response);
        let redirect = is_redirect(status);
        let mut truncated = false;
        let mut bytes = Vec::new();
        let content_type = text_of(response.headers(), &header::CONTENT_TYPE);
        if redirect {
            let target = location(&response, &parsed).ok_or(Failure::Redirect)?;
            let same_page = page_key(&target) == page_key(&parsed) && target != parsed;
            if same_page && profile.is_none() {
                return Ok(Fetched::Moved(target.into()));
            }
        } else if !status.is_success() && profile.is_some() {
            // What stands on the error page is of no interest.
        } else if !status.is_success() {
            return Err(Failure::Status(status.as_u16()));
        } else if !kind::is_text(content_type.as_deref())
            && !kind::is_feed(content_type.as_deref())
            && !kind::may_list(&parsed)
        {
            return Err(Failure::NotAPage);
        } else {
            (bytes, truncated) = self.body(response, self.options.max_body, deadline).await?;
            let plain = kind::is_plain(content_type.as_deref());
            if kind::may_list(&parsed) || plain || sitemap::looks_like_one(&bytes) {
                let given = std::mem::take(&mut bytes);
                let read =
                    tokio::task::spawn_blocking(move || (sitemap::parse(&given, plain), given));
                // Reading does not panic; if it did, there is no page.
                let (listed, given) = read.await.map_err(|_| Failure::NotAPage)?;
                if let Some(listed) = listed {
                    return Ok(Fetched::Sitemap(Box::new(listed)));
                }
                bytes = given;
            }
            if !kind::is_text(content_type.as_deref()) || kind::is_binary(&bytes) {
                return Err(Failure::NotAPage);
            }
        }
        let exchange = Exchange {
            request: client::request_head(&parsed, &self.options.user_agent, profile),
            took: started.elapsed(),
            ..Exchange::default()
        };
        let page = Page {
            url: parsed.into(),
            canonical,
            fetched_at: now,
            status: status.as_u16(),
            origin: Origin::Crawl,
            body: Body::Html {
                content_type,
                bytes,
            },
            head: Some(head),
            truncated,
            connection,
            variants: Vec::new(),
        };
        Ok(Fetched::Page(Box::new(page), Box::new(exchange)))
    }

    /// Who answered. (Through a proxy the address is not known.)
    fn connection(&self, response: &Response) -> Connection {
        let direct = self.options.proxy.is_none();
        let tls = response.extensions().get::<reqwest::tls::TlsInfo>();
        Connection {
            ip: response.remote_addr().filter(|_| direct).map(|a| a.ip()),
            certificate: tls
                .and_then(|tls| tls.peer_certificate())
                .map(|der| Box::new(certificate::facts(der))),
        }
    }

    /// Fetches a robots.txt, to which so many redirects have led, by the rules of RFC 9309 §2.3.1
    /// on answers that are none. Follows redirects within the origin.
    pub async fn robots(&self, url: &str, mut hops: usize) -> RobotsAnswer {
        let everything = RobotsAnswer::Rules(Robots::default());
        let Ok(mut url) = Url::parse(url) else {
            return everything;
        };
        let token = robots::product_token(&self.options.user_agent);
        loop {
            let deadline = Instant::now() + self.options.timeout;
            let response = match self.request(url.clone(), None, deadline).await {
                Ok(response) => response,
                // The address rules speak against the target of a redirect, not the site.
                Err(Failure::Refused(_)) if hops > 0 => return everything,
                Err(why) => return RobotsAnswer::Unavailable(why, None),
            };
            let status = response.status();
            if is_redirect(status) {
                hops += 1;
                match location(&response, &url).filter(|_| hops <= ROBOTS_REDIRECTS) {
                    Some(target) if target.origin() == url.origin() => url = target,
                    Some(target) => return RobotsAnswer::Moved(target.into(), hops),
                    None => return everything,
                }
                tokio::time::sleep(self.options.delay).await;
            } else if status.is_success() {
                return match self.body(response, robots::MAX_BYTES, deadline).await {
                    Ok((bytes, _)) => RobotsAnswer::Rules(Robots::parse(&bytes, token)),
                    Err(why) => RobotsAnswer::Unavailable(why, None),
                };
            } else if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
                let why = Failure::Status(status.as_u16());
                return RobotsAnswer::Unavailable(why, retry_after(&response));
            } else {
                return everything;
            }
        }
    }

    /// Sends a GET and waits for the head of the answer.
    async fn request(
        &self,
        url: Url,
        profile: Option<Profile>,
        deadline: Instant,
    ) -> Result<Response, Failure> {
        if !self.options.allow_private {
            guard::check_host(&url).map_err(|r| Failure::Refused(r.0))?;
        }
        let patience = self.options.connect_timeout + self.options.answer_timeout;
        let deadline = deadline.min(Instant::now() + patience);
        let mut request = self.client.get(url);
        for (name, value) in client::fields_of(profile, &self.options.user_agent) {
            request = request.header(name, value);
        }
        match timeout_at(deadline, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(self.failure(&error)),
            Err(_) => Err(Failure::Timeout),
        }
    }

    /// Finds the kind of failure in a chain of errors.
    fn failure(&self, error: &reqwest::Error) -> Failure {
        let mut cause = error.source();
        while let Some(inner) = cause {
            if let Some(NoAddress(why)) = inner.downcast_ref() {
                return *why;
            }
            if let Some(error) = inner.downcast_ref::<rustls::Error>() {
                return answer::tls_failure(error);
            }
            // An IO error that wraps another hides it: its source is the source of that one.
            let wrapped = inner
                .downcast_ref::<std::io::Error>()
                .and_then(std::io::Error::get_ref);
            cause = match wrapped {
                Some(wrapped) => Some(wrapped),
                None => inner.source(),
            };
        }
        // A connection that takes too long is one that there is not.
        if error.is_connect() && self.options.proxy.is_some() {
            Failure::Proxy
        } else if error.is_connect() {
            Failure::Connect
        } else if error.is_timeout() {
            Failure::Timeout
        } else {
            Failure::Broken
        }
    }
}

/// The pause that an answer asks for.
fn retry_after(response: &Response) -> Option<Duration> {
    let asked = text_of(response.headers(), &header::RETRY_AFTER)?;
    politeness::retry_after(&asked, unix_now())
}

fn unix_now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}
