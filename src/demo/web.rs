//! The web: made once from its options, then asked for pages.

use std::collections::HashMap;
use std::time::Duration;

use super::bank::articles::Article;
use super::bank::names::Brand;
use super::disguise::Disguise;
use super::gbk;
use super::host::{Gbk, Host, Page, Role};
use super::kit::Kit;
use super::options::Options;
use super::plan::Plan;
use super::render::{self, Leaf};
use super::truth::{PageTruth, Truth};

/// A synthetic web with known truth.
#[derive(Debug, Clone)]
pub struct Web {
    pub options: Options,
    pub hosts: Vec<Host>,
    pub truth: Truth,
    /// Start addresses from which a crawl within the hosts' sites reaches every page.
    pub seeds: Vec<String>,
    pub(super) kits: Vec<Kit>,
    pub(super) articles: Vec<Article>,
    pub(super) operators: Vec<Operator>,
    pub(super) officials: Vec<Official>,
    by_name: HashMap<String, usize>,
    shared: Vec<(String, &'static str)>,
}

/// How an operator's numbers are spread over its sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    /// The main number everywhere, others beside it here and there.
    Main,
    /// Changing pairs, site by site.
    Pairs,
    /// All of them on every site, page by page.
    Pages,
    /// One a site, and an account in common.
    OneASite,
}

/// Who runs spam sites.
#[derive(Debug, Clone)]
pub(super) struct Operator {
    pub kits: Vec<usize>,
    pub numbers: Vec<String>,
    pub habit: Habit,
    pub brands: Vec<Brand>,
    pub disguises: Vec<Disguise>,
    pub tracker: Option<String>,
    /// A QQ account.
    pub contact: Option<String>,
    pub filing: String,
    /// Hosts, by index.
    pub sites: Vec<usize>,
}

/// A brand owner.
#[derive(Debug, Clone)]
pub(super) struct Official {
    pub brand: Brand,
    pub number: String,
    pub products: Vec<&'static str>,
}

/// An answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// How long the server lets the client wait.
    pub delay: Duration,
}

impl Response {
    fn html(status: u16, body: Vec<u8>) -> Self {
        Response {
            status,
            headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
            body,
            delay: Duration::ZERO,
        }
    }

    fn text(body: String) -> Self {
        Response {
            headers: vec![("content-type", "text/plain; charset=utf-8".to_owned())],
            ..Self::html(200, body.into_bytes())
        }
    }

    fn redirect(status: u16, location: String) -> Self {
        let mut response = Self::html(status, Vec::new());
        response.headers.push(("location", location));
        response
    }

    fn failure(status: u16) -> Self {
        let body = format!(
            "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
        );
        Self::html(status, body.into_bytes())
    }
}

impl Web {
    pub fn generate(options: &Options) -> Self {
        let Plan {
            kits,
            articles,
            operators,
            officials,
            hosts,
            seeds,
            truth,
            shared,
            ..
        } = Plan::make(options);
        let by_name = hosts
            .iter()
            .enumerate()
            .map(|(i, host)| (host.name.clone(), i))
            .collect();
        Web {
            options: options.clone(),
            hosts,
            truth,
            seeds,
            kits,
            articles,
            operators,
            officials,
            by_name,
            shared,
        }
    }

    /// The shared hosts of this web in the format of `seeds/shared-hosts.tsv`.
    pub fn shared_hosts_tsv(&self) -> String {
        let lines = self
            .shared
            .iter()
            .map(|(host, how)| format!("{host}\t{how}\n"));
        lines.collect()
    }

    /// The official numbers of this web in the format of `seeds/official-numbers.tsv`.
    pub fn official_numbers_tsv(&self) -> String {
        let numbers = self.truth.official_numbers.iter();
        numbers
            .map(|(number, brand)| format!("{number}\t{brand}\tdemo\n"))
            .collect()
    }

    /// Whether a host name (a port may follow) belongs to this web: such names resolve to the
    /// server, all others to nothing.
    pub fn answers_to(&self, host: &str) -> bool {
        self.host(host).is_some()
    }

    /// All planned pages. Pages of the wildcard pool beyond its root, and those that answer to
    /// nonsense paths, are not planned.
    pub fn pages(&self) -> impl Iterator<Item = (&Host, &Page)> {
        self.hosts
            .iter()
            .flat_map(|host| host.pages.iter().map(move |page| (host, page)))
    }

    /// What is true of the page at this address; `None` where there is no page with content.
    pub fn page_truth(&self, url: &str) -> Option<PageTruth> {
        let url = url.strip_prefix("http://")?;
        let (host, path) = url.split_at(url.find('/').unwrap_or(url.len()));
        let host = self.host(host)?;
        let path = if path.is_empty() { "/" } else { path };
        Some(self.leaf(host.0, host.1, path)?.render().1)
    }

    /// The page's source before its characters are encoded.
    pub fn source(&self, host: &Host, page: &Page) -> String {
        self.leaf(host, &host.name, &page.path)
            .map(|leaf| leaf.render().0)
            .unwrap_or_default()
    }

    /// Answers a request. `host` may carry a port.
    pub fn respond(&self, host: &str, path: &str) -> Response {
        let Some((host, name)) = self.host(host) else {
            return Response::failure(404);
        };
        if path == "/robots.txt" {
            return self.robots(host);
        }
        if let Role::Redirect = host.role {
            return self.redirects(host, path);
        }
        if host.look.faults
            && let Some(response) = fault(path)
        {
            return response;
        }
        let Some(leaf) = self.leaf(host, name, path) else {
            return Response::failure(404);
        };
        let (html, _) = leaf.render();
        match host.look.gbk {
            Gbk::No => Response::html(200, html.into_bytes()),
            declared => {
                let mut response = Response::html(200, gbk::encode(&html));
                response.headers[0].1 = match declared {
                    Gbk::Header => "text/html; charset=gb2312".to_owned(),
                    _ => "text/html".to_owned(),
                };
                response
            }
        }
    }

    /// The host that answers to a name, and the name without port, in lower case.
    fn host<'a>(&'a self, name: &'a str) -> Option<(&'a Host, &'a str)> {
        let name = name.split(':').next().unwrap_or_default();
        if let Some(&i) = self.by_name.get(name) {
            return Some((&self.hosts[i], name));
        }
        let pool = self.truth.wildcard_pool.as_deref()?;
        name.strip_suffix(pool)?.strip_suffix('.')?;
        Some((&self.hosts[*self.by_name.get(pool)?], name))
    }

    fn leaf<'a>(&'a self, host: &'a Host, name: &'a str, path: &'a str) -> Option<Leaf<'a>> {
        Leaf::find(self, host, name, path)
    }

    fn robots(&self, host: &Host) -> Response {
        if !host.look.private && host.look.crawl_delay.is_none() {
            return Response::failure(404);
        }
        let mut text = "User-agent: *\n".to_owned();
        if host.look.private {
            text.push_str("Disallow: ");
            text.push_str(super::PRIVATE);
            text.push('\n');
        }
        if let Some(seconds) = host.look.crawl_delay {
            text.push_str(&format!("Crawl-delay: {seconds}\n"));
        }
        Response::text(text)
    }

    fn redirects(&self, host: &Host, path: &str) -> Response {
        let number = path
            .rsplit('/')
            .next()
            .and_then(|n| n.parse::<usize>().ok());
        let target = |n: usize| {
            let sites: Vec<usize> = self
                .operators
                .iter()
                .flat_map(|o| o.sites.clone())
                .collect();
            let host = sites.get(n % sites.len().max(1)).map(|&i| &self.hosts[i]);
            host.map(|host| format!("http://{}/", host.name))
        };
        match (path, number) {
            ("/loop/a", _) => Response::redirect(302, "/loop/b".into()),
            ("/loop/b", _) => Response::redirect(302, format!("http://{}/loop/a", host.name)),
            (_, Some(0)) if path.starts_with("/hop/") => Response::redirect(301, "/go/0".into()),
            (_, Some(n)) if path.starts_with("/hop/") => {
                Response::redirect(302, format!("/hop/{}", n - 1))
            }
            (_, Some(n)) if path.starts_with("/go/") => match target(n) {
                Some(url) => Response::redirect(301, url),
                None => Response::failure(404),
            },
            (_, Some(n)) if path.starts_with("/refresh/") => match target(n) {
                Some(url) => Response::html(200, render::refresh(&url).into_bytes()),
                None => Response::failure(404),
            },
            _ => Response::failure(404),
        }
    }
}

/// What the faulty host does at its faulty addresses.
fn fault(path: &str) -> Option<Response> {
    Some(match path {
        "/slow.html" => Response {
            delay: Duration::from_millis(400),
            ..Response::html(200, b"<title>slow</title><p>late</p>".to_vec())
        },
        "/broken.html" => Response::failure(500),
        "/report.pdf" => Response {
            headers: vec![("content-type", "application/pdf".to_owned())],
            ..Response::html(200, b"%PDF-1.4 400-000-0000".to_vec())
        },
        _ => return None,
    })
}
