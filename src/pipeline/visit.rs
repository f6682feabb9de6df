//! How a page looked to other visitors beside the plain one: differences by fingerprint.
//!
//! Pages change by themselves: clocks, turns of numbers, spun sentences. So nothing counts as a
//! difference unless the plain visitor was shown the same page twice.

use std::collections::BTreeSet;

use url::Url;

use crate::extract;
use crate::fingerprint::{self, Prints};
use crate::page::{Page, Profile};
use crate::record::{Difference, MAX_NEW_NUMBERS, Record, Visit};
use crate::site::registrable_domain;

/// Text within so many bits of 64 is the same text; strangers' texts are 32 apart, give or take 4.
const SAME_TEXT: u8 = 3;
const OTHER_TEXT: u8 = 16;
/// Scores of what is a hotline page, and of what is none.
const HOTLINE: f32 = 0.5;
const NO_HOTLINE: f32 = 0.3;
/// Visits that are looked at.
const MAX_VISITS: usize = 8;

/// What is compared of a page.
struct Look {
    status: u16,
    redirect: Option<String>,
    prints: Prints,
    hotline: f32,
    numbers: BTreeSet<String>,
}

impl Look {
    fn of(page: &Page) -> Look {
        let facts = extract::extract(page);
        let url = Url::parse(&page.url).ok();
        Look {
            status: page.status,
            redirect: super::redirect(page, url.as_ref()),
            prints: fingerprint::prints(&facts),
            hotline: facts.hotline.score,
            numbers: facts.numbers.into_iter().map(|n| n.number).collect(),
        }
    }

    fn plain(record: &Record) -> Look {
        Look {
            status: record.status,
            redirect: record.redirect.clone(),
            prints: record.prints.clone(),
            hotline: record.hotline.score,
            numbers: record.numbers.iter().map(|n| n.number.clone()).collect(),
        }
    }

    /// The domain that the visitor is sent to, if it is not that of the page.
    fn sent_to(&self, home: &str) -> Option<String> {
        let target = Url::parse(self.redirect.as_deref()?).ok()?;
        let domain = registrable_domain(target.host_str()?).to_owned();
        (domain != home).then_some(domain)
    }

    /// A page, a redirect or an error.
    fn outcome(&self) -> u16 {
        self.status / 100
    }
}

/// The visits to a page, in order of profile. `record` is what the plain visitor was shown.
pub(super) fn visits(page: &Page, record: &Record) -> Vec<Visit> {
    if page.variants.is_empty() {
        return Vec::new();
    }
    let plain = Look::plain(record);
    let mut looks: Vec<(Profile, Look)> = page
        .variants
        .iter()
        .take(MAX_VISITS)
        .map(|v| (v.profile, Look::of(&v.page)))
        .collect();
    looks.sort_by_key(|(profile, _)| *profile);
    let url = Url::parse(&page.url).ok();
    let home = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let home = registrable_domain(home);
    let again = looks.iter().find(|(p, _)| *p == Profile::Again);
    let again = again.map(|(_, look)| look);
    looks
        .iter()
        .map(|(profile, look)| Visit {
            profile: *profile,
            status: look.status,
            redirect: look.redirect.clone(),
            text: bits(plain.prints.text, look.prints.text),
            skeleton: bits(plain.prints.skeleton_near, look.prints.skeleton_near),
            dom: bits(plain.prints.dom.unwrap_or(0), look.prints.dom.unwrap_or(0)),
            hotline: look.hotline,
            numbers: (look.numbers.difference(&plain.numbers))
                .take(MAX_NEW_NUMBERS)
                .cloned()
                .collect(),
            differs: match (profile, again) {
                (Profile::Again, _) | (_, None) => Vec::new(),
                (_, Some(again)) => differences(&plain, again, look, home),
            },
        })
        .collect()
}

/// Bits in which two codes differ; a code of 0 is none.
fn bits(a: u64, b: u64) -> Option<u8> {
    (a != 0 && b != 0).then(|| (a ^ b).count_ones() as u8)
}

/// In what a visitor is shown something else than the plain visitor is each time.
fn differences(plain: &Look, again: &Look, look: &Look, home: &str) -> Vec<Difference> {
    let mut found = Vec::new();
    if plain.outcome() != again.outcome() || plain.sent_to(home) != again.sent_to(home) {
        return found;
    }
    let sent = look.sent_to(home);
    if sent.is_some() && sent != plain.sent_to(home) {
        found.push(Difference::Redirect);
    }
    let error = |look: &Look| look.outcome() >= 4;
    if error(plain) != error(look) {
        found.push(Difference::Status);
    }
    // A redirect or an error shows nothing to compare.
    if plain.outcome() != 2 || look.outcome() != 2 {
        return found;
    }
    let both = |score: fn(f32) -> bool| score(plain.hotline) && score(again.hotline);
    let (hot, cold) = (|s: f32| s >= HOTLINE, |s: f32| s < NO_HOTLINE);
    if (both(cold) && hot(look.hotline)) || (both(hot) && cold(look.hotline)) {
        found.push(Difference::Hotline);
    }
    if plain.numbers == again.numbers && plain.numbers != look.numbers {
        found.push(Difference::Numbers);
    }
    let steady = bits(plain.prints.text, again.prints.text).is_some_and(|b| b <= SAME_TEXT);
    let other = bits(plain.prints.text, look.prints.text).is_some_and(|b| b >= OTHER_TEXT);
    if steady && other {
        found.push(Difference::Text);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::Lists;
    use crate::page::{Body, Origin, Variant};
    use crate::pipeline;
    use crate::site::CanonicalUrl;

    const HOT: &str = "<title>欣睿空调维修电话 400-000-1234</title><h1>欣睿空调售后服务电话400-000-1234</h1>\
        <p>欣睿空调24小时服务热线:400-000-1234</p><p>欣睿空调维修中心,专业维修各类空调故障。</p>";
    const COLD: &str = "<title>一家面馆</title><p>今天的面很好吃,汤也很鲜。</p><p>明天再来。</p>";

    fn page(text: &str, status: u16, location: &str) -> Page {
        let url = "http://www.shop.test/";
        Page {
            canonical: CanonicalUrl::parse(url).unwrap(),
            url: url.into(),
            fetched_at: 0,
            status,
            origin: Origin::Crawl,
            body: Body::Html {
                content_type: Some("text/html; charset=utf-8".into()),
                bytes: text.into(),
            },
            head: Some(format!("HTTP/1.1 {status} x\r\nLocation: {location}\r\n\r\n").into()),
            truncated: false,
            connection: Default::default(),
            variants: Vec::new(),
        }
    }

    /// What is reported of a search visitor's page, and the numbers new to the plain visitor.
    fn seen(plain: &str, again: &str, search: Page) -> (Vec<Difference>, Vec<String>) {
        let mut whole = page(plain, 200, "");
        whole.variants = vec![
            Variant {
                profile: Profile::Search,
                page: search,
            },
            Variant {
                profile: Profile::Again,
                page: page(again, 200, ""),
            },
        ];
        let record = pipeline::process(&whole, &Lists::default()).record;
        let profiles: Vec<Profile> = record.visits.iter().map(|v| v.profile).collect();
        assert_eq!(profiles, [Profile::Again, Profile::Search]);
        let visit = record.visits[1].clone();
        (visit.differs, visit.numbers)
    }

    #[test]
    fn a_page_for_searchers_alone_is_told() {
        let (differs, numbers) = seen(COLD, COLD, page(HOT, 200, ""));
        assert_eq!(differs, [Difference::Hotline, Difference::Numbers]);
        assert_eq!(numbers, ["4000001234"]);
        let other = page(&HOT.replace("400-000-1234", "400-777-4321"), 200, "");
        assert_eq!(seen(HOT, HOT, other).0, [Difference::Numbers]);
        let away = page("", 302, "https://other.test/x");
        assert_eq!(seen(COLD, COLD, away).0, [Difference::Redirect]);
        assert_eq!(seen(HOT, HOT, page("", 404, "")).0, [Difference::Status]);
    }

    #[test]
    fn what_changes_by_itself_or_stays_in_the_house_is_no_difference() {
        let same = page(HOT, 200, "");
        assert_eq!(seen(HOT, HOT, same).0, []);
        // Numbers take turns.
        let (second, third) = (HOT.replace("1234", "2345"), HOT.replace("1234", "3456"));
        assert_eq!(seen(HOT, &second, page(&third, 200, "")).0, []);
        let at_home = page("", 302, "https://m.shop.test/");
        assert_eq!(seen(COLD, COLD, at_home).0, []);
        // Without a second look at the plain page nothing is concluded.
        let mut whole = page(COLD, 200, "");
        whole.variants = vec![Variant {
            profile: Profile::Search,
            page: page(HOT, 200, ""),
        }];
        let record = pipeline::process(&whole, &Lists::default()).record;
        assert_eq!(record.visits[0].differs, []);
        assert_eq!(record.visits[0].numbers, ["4000001234"]);
    }
}
