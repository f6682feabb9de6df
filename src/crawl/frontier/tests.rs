//! The scheduler under a fake clock.

use crate::crawl::politeness::micros;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::time::Instant;

use proptest::prelude::*;

use super::*;

const SECOND: Micros = 1_000_000;

fn task(seq: u64, url: String) -> Queued {
    Queued {
        seq,
        url,
        depth: 0,
        redirects: 0,
    }
}

/// A request that the simulated world is busy with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Running {
    Resolve(u32, String),
    Robots(u32, String),
    Page(u32, u64, String, u8),
}

/// A world of servers on a fake clock: every request takes a time and ends by a plan.
struct World {
    frontier: Frontier,
    now: Micros,
    running: BTreeSet<(Micros, Running)>,
    /// Host, start and end of each request that reaches a server.
    log: Vec<(String, Micros, Micros)>,
    finished: BTreeMap<u64, Option<Failure>>,
    random: u64,
    /// Of 256 requests, how many fail.
    failing: u64,
    robots: &'static str,
}

fn host_of(url: &str) -> String {
    Url::parse(url).unwrap().host_str().unwrap().to_owned()
}

/// Four hosts share an address, whatever their domain.
fn ip_of(host: &str) -> IpAddr {
    let number: u32 = host
        .split('.')
        .next()
        .and_then(|h| h[1..].parse().ok())
        .unwrap_or(0);
    IpAddr::V4(Ipv4Addr::from_bits(0x0900_0000 + number / 4))
}

impl World {
    fn new(settings: Settings, failing: u64, robots: &'static str) -> Self {
        World {
            frontier: Frontier::new(settings),
            now: 0,
            running: BTreeSet::new(),
            log: Vec::new(),
            finished: BTreeMap::new(),
            random: 0x9e37_79b9_7f4a_7c15,
            failing,
            robots,
        }
    }

    fn roll(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    fn request(&mut self, url: &str, what: Running) {
        let took = 1_000 + self.roll() % (SECOND / 2);
        let end = self.now + took;
        self.log.push((host_of(url), self.now, end));
        self.running.insert((end, what));
    }

    /// Runs until everything queued is done. Panics where the frontier stalls.
    fn run(&mut self) {
        let slots = self.frontier.settings.concurrency;
        loop {
            let mut wake = None;
            while self.running.len() < slots {
                match self.frontier.next(self.now) {
                    Next::Resolve { origin, host } => {
                        let end = self.now + 2_000;
                        self.running.insert((end, Running::Resolve(origin.0, host)));
                    }
                    Next::Robots { origin, url } => {
                        self.request(&url, Running::Robots(origin.0, url.clone()));
                    }
                    Next::Page { origin, entry } => {
                        let Queued { seq, url, .. } = entry.task;
                        let what = Running::Page(origin.0, seq, url.clone(), entry.tries);
                        self.request(&url, what);
                    }
                    Next::Drop { task, why } => self.finish(task, Some(why)),
                    Next::Wait(at) => {
                        wake = at;
                        break;
                    }
                }
            }
            let end = self.running.first().map(|r| r.0);
            match (end, wake) {
                (Some(end), wake) if wake.is_none_or(|w| end <= w) => {
                    self.now = self.now.max(end);
                    let (_, what) = self.running.pop_first().unwrap();
                    self.end(what);
                }
                (_, Some(at)) => {
                    assert!(at > self.now, "asked to wait for the past");
                    self.now = at;
                }
                _ => break,
            }
        }
        assert!(self.frontier.is_empty(), "stalled: {:?}", self.frontier);
        assert_eq!(self.frontier.running(), 0);
    }

    fn end(&mut self, what: Running) {
        let fails = self.roll() % 256 < self.failing;
        match what {
            Running::Resolve(id, host) => {
                let answer = if fails {
                    Err(Failure::Dns)
                } else {
                    Ok(ip_of(&host))
                };
                self.frontier.resolved(OriginId(id), answer, self.now);
            }
            Running::Robots(id, _) => {
                let answer = if fails {
                    RobotsAnswer::Unavailable(Failure::Status(500))
                } else {
                    RobotsAnswer::Rules(Robots::parse(self.robots.as_bytes(), "partyline"))
                };
                self.frontier.robots(OriginId(id), answer, self.now);
            }
            Running::Page(id, seq, url, tries) => {
                let answer = match (fails, seq % 3) {
                    (false, _) => Answer::Answered,
                    (true, 0) => Answer::Failed(Failure::Timeout),
                    (true, 1) => Answer::Refused(Some(Duration::from_secs(7))),
                    (true, _) => Answer::Failed(Failure::Status(500)),
                };
                let entry = Entry {
                    task: task(seq, url),
                    tries,
                };
                match self.frontier.done(OriginId(id), entry, answer, self.now) {
                    Verdict::Finished(task) => self.finish(task, None),
                    Verdict::Lost(task, why) => self.finish(task, Some(why)),
                    Verdict::Again => {}
                }
            }
        }
    }

    fn finish(&mut self, task: Queued, why: Option<Failure>) {
        let before = self.finished.insert(task.seq, why);
        assert_eq!(before, None, "{task:?} finished twice");
    }

    /// The smallest gap between the end of a request and the start of the next with this key.
    fn smallest_gap(&self, key: impl Fn(&str) -> String) -> Option<i64> {
        let mut by_key: BTreeMap<String, Vec<(Micros, Micros)>> = BTreeMap::new();
        for (host, start, end) in &self.log {
            by_key.entry(key(host)).or_default().push((*start, *end));
        }
        let gaps = by_key.values_mut().flat_map(|requests| {
            requests.sort_unstable();
            requests
                .windows(2)
                .map(|w| w[1].0 as i64 - w[0].1 as i64)
                .collect::<Vec<_>>()
        });
        gaps.min()
    }
}

fn polite(delay: Duration) -> Settings {
    Settings {
        politeness: politeness::Settings {
            delay,
            ..politeness::Settings::default()
        },
        concurrency: 16,
        ..Settings::default()
    }
}

/// `h<number>.d<domain>.cn`
fn url(host: u32, domain: u32, path: u64) -> String {
    format!("http://h{host}.d{domain}.cn/p{path}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_server_is_asked_early_and_nothing_is_lost(
        places in proptest::collection::vec((0u32..12, 0u32..5), 1..120),
        millis in 1u64..3_000,
        failing in 0u64..100,
    ) {
        let mut world = World::new(polite(Duration::from_millis(millis)), failing, "");
        for (seq, (host, domain)) in places.iter().enumerate() {
            world.frontier.push(task(seq as u64, url(*host, *domain, seq as u64)), 0);
        }
        world.run();
        prop_assert_eq!(world.finished.len(), places.len());
        let delay = millis as i64 * 1_000;
        for gap in [
            world.smallest_gap(str::to_owned),
            world.smallest_gap(|h| registrable_domain(h).to_owned()),
            world.smallest_gap(|h| ip_of(h).to_string()),
        ] {
            prop_assert!(gap.is_none_or(|g| g >= delay), "{:?}", gap);
        }
    }

    #[test]
    fn without_a_delay_nothing_is_lost_either(
        places in proptest::collection::vec((0u32..12, 0u32..5), 1..200),
        failing in 0u64..100,
    ) {
        let mut world = World::new(polite(Duration::ZERO), failing, "");
        world.frontier.settings.resolve_first = false;
        for (seq, (host, domain)) in places.iter().enumerate() {
            world.frontier.push(task(seq as u64, url(*host, *domain, seq as u64)), 0);
        }
        world.run();
        prop_assert_eq!(world.finished.len(), places.len());
    }
}

#[test]
fn robots_rules_and_their_delay_are_kept() {
    let robots = "User-agent: *\nDisallow: /p1\nCrawl-delay: 5\n";
    let mut world = World::new(polite(Duration::from_secs(1)), 0, robots);
    for path in 0..4 {
        world.frontier.push(task(path, url(0, 0, path)), 0);
    }
    world.run();
    assert_eq!(world.finished[&1], Some(Failure::Robots));
    assert_eq!(world.finished[&2], None);
    // robots.txt and three pages, with five seconds between the pages.
    assert_eq!(world.log.len(), 4);
    let gap = world.smallest_gap(str::to_owned).unwrap();
    assert!(gap >= 5 * SECOND as i64, "{gap}");
}

#[test]
fn a_site_with_many_pages_does_not_starve_the_others() {
    let mut world = World::new(polite(Duration::ZERO), 0, "");
    world.frontier.settings.resolve_first = false;
    let mut seq = 0;
    // One domain with two thousand pages on a hundred hosts, queued before fifty small ones.
    for page in 0..20 {
        for host in 0..100 {
            world.frontier.push(task(seq, url(host, 0, page)), 0);
            seq += 1;
        }
    }
    for domain in 1..=50 {
        world.frontier.push(task(seq, url(0, domain, 0)), 0);
        seq += 1;
    }
    world.run();
    let place_of_last_small = world
        .log
        .iter()
        .rposition(|(host, _, _)| !host.ends_with(".d0.cn"))
        .unwrap();
    assert!(place_of_last_small < 400, "{place_of_last_small}");
}

#[test]
fn failing_hosts_hold_a_quarter_of_the_slots_at_most() {
    let mut settings = polite(Duration::ZERO);
    settings.resolve_first = false;
    settings.robots = false;
    let mut frontier = Frontier::new(settings);
    for domain in 0..40 {
        for page in 0..3 {
            frontier.push(task(domain * 10 + page, url(0, domain as u32, page)), 0);
        }
    }
    // Every host fails once, then all of them are due again.
    for step in 0..40 {
        let Next::Page { origin, entry } = frontier.next(step) else {
            panic!("a slot is free");
        };
        frontier.done(origin, entry, Answer::Failed(Failure::Timeout), step);
    }
    let later = 100 * SECOND;
    let mut started = 0;
    while let Next::Page { .. } = frontier.next(later) {
        started += 1;
    }
    assert_eq!(started, 4);
}

#[test]
fn a_dead_host_is_given_up_with_what_it_had() {
    let mut world = World::new(polite(Duration::from_secs(1)), 256, "");
    for seq in 0..50 {
        world.frontier.push(task(seq, url(0, 0, seq)), 0);
    }
    world.run();
    assert!(
        world
            .finished
            .values()
            .all(|why| *why == Some(Failure::Dns))
    );
    world.frontier.push(task(99, url(0, 0, 99)), world.now);
    let next = world.frontier.next(world.now);
    assert!(
        matches!(
            next,
            Next::Drop {
                why: Failure::Dns,
                ..
            }
        ),
        "{next:?}"
    );
}

#[test]
fn rules_that_are_asked_for_again_count_once() {
    let mut settings = polite(Duration::ZERO);
    settings.resolve_first = false;
    let mut frontier = Frontier::new(settings);
    let rules = Robots::parse(b"User-agent: *\nDisallow: /private\n", "x");
    let size = rules.size();
    for day in 0..3 {
        let now = day * (micros(ROBOTS_LIFE) + 1);
        frontier.push(task(day, url(0, 0, day)), now);
        let Next::Robots { origin, .. } = frontier.next(now) else {
            panic!("the rules are too old");
        };
        assert_eq!(frontier.rules_bytes, 0);
        frontier.robots(origin, RobotsAnswer::Rules(rules.clone()), now);
        assert_eq!(frontier.rules_bytes, size);
        let Next::Page { origin, entry } = frontier.next(now) else {
            panic!("the page is allowed");
        };
        frontier.done(origin, entry, Answer::Answered, now);
    }
    // Rules too large for the memory go, the oldest first, and once each.
    let large = format!("User-agent: *\nDisallow: /{}\n", "x".repeat(4_000));
    let large = Robots::parse(large.as_bytes(), "x");
    frontier.rules_bytes = ROBOTS_BYTES;
    let now = 3 * (micros(ROBOTS_LIFE) + 1);
    frontier.push(task(9, url(1, 1, 9)), now);
    let Next::Robots { origin, .. } = frontier.next(now) else {
        panic!("a new host is asked for its rules");
    };
    frontier.robots(origin, RobotsAnswer::Rules(large.clone()), now);
    assert_eq!(frontier.rules_bytes, ROBOTS_BYTES - size + large.size());
    assert_eq!(frontier.rules_loaded.len(), 1);
}

#[test]
fn budgets_bound_hosts_and_domains() {
    let mut settings = polite(Duration::ZERO);
    (settings.host_budget, settings.domain_budget) = (3, 5);
    let mut frontier = Frontier::new(settings);
    for seq in 0..10 {
        frontier.push(task(seq, url(seq as u32 % 2, 0, seq)), 0);
    }
    let dropped = std::iter::from_fn(|| match frontier.next(0) {
        Next::Drop { why, .. } => Some(why),
        _ => None,
    });
    assert_eq!(dropped.collect::<Vec<_>>(), vec![Failure::Budget; 5]);
}

#[test]
fn a_moved_page_keeps_its_task() {
    let mut settings = polite(Duration::ZERO);
    settings.resolve_first = false;
    settings.robots = false;
    let mut frontier = Frontier::new(settings);
    frontier.push(task(7, url(0, 0, 0)), 0);
    let Next::Page { origin, mut entry } = frontier.next(0) else {
        panic!("one page is queued");
    };
    entry.task.url = entry.task.url.replace("http:", "https:");
    assert_eq!(frontier.moved(origin, entry, 1), Verdict::Again);
    let Next::Page { origin, entry } = frontier.next(1) else {
        panic!("it is queued again");
    };
    assert_eq!((entry.task.seq, &entry.task.url[..6]), (7, "https:"));
    let verdict = frontier.done(origin, entry, Answer::Answered, 2);
    assert!(matches!(verdict, Verdict::Finished(_)));
    assert!(frontier.is_empty() && frontier.running() == 0);
}

#[test]
fn origin_and_path_are_read_off_the_text() {
    assert_eq!(base_of("http://a.cn:81/x?y"), Some("http://a.cn:81"));
    assert_eq!(base_of("https://[::1]/"), Some("https://[::1]"));
    assert_eq!(base_of("ftp://a.cn/"), None);
    assert_eq!(base_of("http:///x"), None);
    assert_eq!(path_of("http://a.cn/x?y"), "/x?y");
    assert_eq!(path_of("http://a.cn"), "/");
}

/// A million URLs on ten thousand hosts, in and out again. Slow hardware is allowed for; a step
/// that grew with the queue would take hours.
#[test]
fn a_million_urls_pass_quickly() {
    let mut settings = polite(Duration::ZERO);
    settings.resolve_first = false;
    settings.robots = false;
    let mut frontier = Frontier::new(settings);
    let started = Instant::now();
    for seq in 0..1_000_000u64 {
        let host = (seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32 % 10_000;
        frontier.push(task(seq, url(host, host, seq)), 0);
    }
    let mut finished = 0;
    for now in 0.. {
        match frontier.next(now) {
            Next::Page { origin, entry } => {
                frontier.done(origin, entry, Answer::Answered, now);
                finished += 1;
            }
            Next::Wait(None) => break,
            next => panic!("{next:?}"),
        }
    }
    assert_eq!(finished, 1_000_000);
    eprintln!("1 M URLs in {:?}", started.elapsed());
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
