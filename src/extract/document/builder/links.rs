//! Where a page leads, and what it loads.

use url::Url;

use super::super::element::Target;
use super::super::fold::clip;
use super::super::{Link, LinkKind};
use super::{Builder, Given, MAX_ITEMS, MAX_LINKS, MAX_VALUE};

impl Builder {
    pub(super) fn resolve(&self, href: &str) -> Option<Url> {
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') || href.len() > MAX_VALUE {
            return None;
        }
        let url = match &self.base {
            Some(base) => base.join(href).ok()?,
            None => Url::parse(href).ok()?,
        };
        matches!(url.scheme(), "http" | "https").then_some(url)
    }

    pub(super) fn anchor(&mut self, href: Option<&Given<'_>>) {
        let Some(Given {
            value: href, at, ..
        }) = href
        else {
            return;
        };
        let skipped = |rest: &str| href.len() - rest.len();
        match Target::of(href) {
            Target::Call(number) => self.attribute("tel", number, *at, skipped(number)),
            Target::Script(body) => self.attribute("javascript", body, *at, skipped(body)),
            Target::Contact => self.attribute("href", href, *at, 0),
            Target::Page => self.link(Some(href), LinkKind::Anchor),
        }
    }

    pub(super) fn link(&mut self, href: Option<&str>, kind: LinkKind) {
        if self.document.links.len() >= MAX_LINKS {
            self.document.cut = true;
            return;
        }
        if let Some(url) = href.and_then(|h| self.resolve(h)) {
            let line = (kind == LinkKind::Anchor).then_some(self.document.lines.len() as u32);
            let base = self.base.as_ref().and_then(Url::host_str);
            let own = url.host_str() == base;
            self.document.links.push(Link {
                url,
                kind,
                line,
                own,
            });
        }
    }

    pub(super) fn source(&mut self, src: &str) {
        if !src.is_empty() && self.document.sources.len() < MAX_ITEMS {
            self.document
                .sources
                .push(clip(src, MAX_VALUE).into_owned());
        }
    }
}
