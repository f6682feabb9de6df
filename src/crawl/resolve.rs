//! Names to addresses: bounded, cached, with the user's overrides, and guarded. An address that
//! the rules refuse never leaves this file, whatever the name server says and however often it
//! changes its mind.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::guard;
use super::progress::Failure;

/// `HOST=ADDR[:PORT]`: connect there for this host, as curl's `--resolve` does. A port is used
/// for URLs that name none. The host `*` stands for every name without an override of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    pub host: String,
    pub ip: IpAddr,
    pub port: Option<u16>,
}

impl FromStr for Override {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}`: expected HOST=ADDR or HOST=ADDR:PORT");
        let (host, address) = text.split_once('=').ok_or_else(bad)?;
        // Written as the URL parser writes hosts, so that they compare equal.
        let host = match url::Host::parse(host.trim()) {
            Ok(url::Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
            _ => return Err(bad()),
        };
        let address = address.trim();
        let bare = address.trim_start_matches('[').trim_end_matches(']');
        if let Ok(ip) = bare.parse() {
            let port = None;
            return Ok(Override { host, ip, port });
        }
        let socket: SocketAddr = address.parse().map_err(|_| bad())?;
        Ok(Override {
            host,
            ip: socket.ip(),
            port: Some(socket.port()),
        })
    }
}

/// Why a name gave no address to connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAddress(pub Failure);

/// System calls that may run at once: each holds a thread until the system gives up.
const MAX_LOOKUPS: usize = 32;
/// A lookup that takes longer is a failure.
const PATIENCE: Duration = Duration::from_secs(10);
/// Names kept, and for how long: answers, and refused ones. A lookup that failed is not kept: the
/// pauses before it is tried again are the frontier's.
const MAX_CACHED: usize = 50_000;
const LIFE: Duration = Duration::from_secs(300);
const LIFE_OF_REFUSAL: Duration = Duration::from_secs(60);

type Answer = Result<Arc<[SocketAddr]>, NoAddress>;

/// Resolves names; cheap to clone.
#[derive(Debug, Clone)]
pub struct Resolver {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    overrides: HashMap<String, SocketAddr>,
    /// Name of the proxy, which the user chose: it may be anywhere.
    trusted: Option<String>,
    allow_private: bool,
    lookups: Arc<Semaphore>,
    /// In place of the system's next answers.
    #[cfg(test)]
    scripted: Mutex<std::collections::VecDeque<Vec<SocketAddr>>>,
    cache: Mutex<HashMap<String, (Instant, Answer)>>,
}

impl Resolver {
    pub fn new(overrides: &[Override], trusted: Option<String>, allow_private: bool) -> Self {
        let overrides = overrides
            .iter()
            .map(|o| (o.host.clone(), SocketAddr::new(o.ip, o.port.unwrap_or(0))))
            .collect();
        Resolver {
            inner: Arc::new(Inner {
                overrides,
                trusted,
                allow_private,
                lookups: Arc::new(Semaphore::new(MAX_LOOKUPS)),
                #[cfg(test)]
                scripted: Mutex::default(),
                cache: Mutex::default(),
            }),
        }
    }

    /// The addresses of a host that may be connected to. Port 0 stands for the scheme's own.
    pub async fn lookup(&self, host: &str) -> Answer {
        let host = host.trim_end_matches('.');
        let inner = &self.inner;
        if let Some(address) = inner.overrides.get(host) {
            return inner.guarded(host, vec![*address]);
        }
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(ip) = literal.parse::<IpAddr>() {
            return inner.guarded(host, vec![SocketAddr::new(ip, 0)]);
        }
        if let Some(address) = inner.overrides.get("*") {
            return inner.guarded(host, vec![*address]);
        }
        if let Some(answer) = inner.cached(host) {
            return answer;
        }
        let answer = match self.ask_system(host).await {
            Ok(addresses) if addresses.is_empty() => Err(NoAddress(Failure::Dns)),
            Ok(addresses) => inner.guarded(host, addresses),
            Err(why) => Err(why),
        };
        if answer != Err(NoAddress(Failure::Dns)) {
            inner.keep(host, answer.clone());
        }
        answer
    }

    /// Has these answers come from the system, one a lookup, and forgets earlier ones.
    #[cfg(test)]
    pub fn script(&self, answers: Vec<Vec<SocketAddr>>) {
        *self.inner.scripted.lock().unwrap() = answers.into();
        self.inner.cache.lock().unwrap().clear();
    }

    async fn ask_system(&self, host: &str) -> Result<Vec<SocketAddr>, NoAddress> {
        #[cfg(test)]
        if let Some(answer) = self.inner.scripted.lock().unwrap().pop_front() {
            return Ok(answer);
        }
        let failed = NoAddress(Failure::Dns);
        let permits = Arc::clone(&self.inner.lookups);
        let name = host.to_owned();
        // The task outlives our patience and keeps its permit until the system call ends: that
        // bounds the threads, not only the waiting.
        let call = tokio::spawn(async move {
            let _permit = permits.acquire_owned().await;
            tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map(|found| found.take(16).collect())
        });
        match tokio::time::timeout(PATIENCE, call).await {
            Ok(Ok(Ok(addresses))) => Ok(addresses),
            _ => Err(failed),
        }
    }
}

impl Inner {
    fn guarded(&self, host: &str, addresses: Vec<SocketAddr>) -> Answer {
        if self.allow_private || self.trusted.as_deref() == Some(host) {
            return Ok(addresses.into());
        }
        let mut refused = guard::Refused("no address");
        let public: Vec<SocketAddr> = addresses
            .into_iter()
            .filter(|address| match guard::check(address.ip()) {
                Ok(()) => true,
                Err(why) => {
                    refused = why;
                    false
                }
            })
            .collect();
        if public.is_empty() {
            return Err(NoAddress(Failure::Refused(refused.0)));
        }
        Ok(public.into())
    }

    fn cached(&self, host: &str) -> Option<Answer> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, answer) = cache.get(host)?;
        (*until > Instant::now()).then(|| answer.clone())
    }

    fn keep(&self, host: &str, answer: Answer) {
        let now = Instant::now();
        let life = if answer.is_ok() {
            LIFE
        } else {
            LIFE_OF_REFUSAL
        };
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MAX_CACHED {
            cache.retain(|_, (until, _)| *until > now);
            if cache.len() >= MAX_CACHED {
                cache.clear();
            }
        }
        cache.insert(host.to_owned(), (now + life, answer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<(String, String, Option<u16>)> {
        let o: Override = text.parse().ok()?;
        Some((o.host, o.ip.to_string(), o.port))
    }

    #[test]
    fn overrides_are_read_as_curl_users_write_them() {
        let some = |h: &str, i: &str, p| Some((h.to_owned(), i.to_owned(), p));
        assert_eq!(parse("A.cn=127.0.0.1"), some("a.cn", "127.0.0.1", None));
        assert_eq!(parse("*=127.0.0.1:81"), some("*", "127.0.0.1", Some(81)));
        assert_eq!(
            parse("a.cn=127.0.0.1:81"),
            some("a.cn", "127.0.0.1", Some(81))
        );
        assert_eq!(parse("a.cn=[::1]:81"), some("a.cn", "::1", Some(81)));
        assert_eq!(parse("a.cn=::1"), some("a.cn", "::1", None));
        for bad in [
            "",
            "a.cn",
            "a.cn=",
            "=1.2.3.4",
            "a.cn=b.cn",
            "1.2.3.4=1.2.3.4",
            "a.cn=1.2.3.4:x",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn no_way_of_naming_a_private_address_resolves() {
        let overrides = ["inside.test=10.0.0.1".parse().unwrap()];
        let resolver = Resolver::new(&overrides, None, false);
        for host in [
            "inside.test",
            "inside.test.",
            "127.0.0.1",
            "[::1]",
            "localhost",
        ] {
            assert!(resolver.lookup(host).await.is_err(), "{host}");
        }
        let allowed = Resolver::new(&overrides, None, true);
        assert_eq!(
            allowed.lookup("inside.test").await.unwrap()[0]
                .ip()
                .to_string(),
            "10.0.0.1"
        );
        assert_eq!(allowed.lookup("127.0.0.1").await.unwrap()[0].port(), 0);
    }

    #[tokio::test]
    async fn a_failed_lookup_is_asked_again() {
        let resolver = Resolver::new(&[], None, false);
        let answer = resolver.lookup("no-such-host.invalid").await;
        assert_eq!(answer, Err(NoAddress(Failure::Dns)));
        assert!(resolver.inner.cached("no-such-host.invalid").is_none());
    }

    #[test]
    fn of_mixed_answers_only_the_public_ones_are_used() {
        let resolver = Resolver::new(&[], None, false);
        let addresses = ["127.0.0.1:0", "8.8.8.8:0", "[::1]:0"];
        let addresses = addresses.iter().map(|a| a.parse().unwrap()).collect();
        let kept = resolver.inner.guarded("a.cn", addresses).unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].ip().to_string(), "8.8.8.8");
    }
}
