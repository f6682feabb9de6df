//! The scheduler under a fake clock.

mod learn;
mod world;

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::crawl::politeness::micros;
use crate::crawl::robots::Robots;
use crate::site::registrable_domain;
use world::{SECOND, World, ip_of, task};

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

/// Of four hosts one has its robots.txt at the next, and of eight one sends back.
fn wandering(host: &str) -> Option<String> {
    let number: u32 = host[1..].split('.').next()?.parse().ok()?;
    let to = match number % 8 {
        0 | 4 => number + 1,
        5 => number - 1,
        _ => return None,
    };
    Some(format!("https://h{to}.d{}.cn/robots.txt", to % 5))
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
        world.moves = wandering;
        for (seq, (host, domain)) in places.iter().enumerate() {
            world.push(seq as u64, url(*host, *domain, seq as u64));
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

    /// The queue stays in the store but for a few URLs of a few hosts, and the process is killed
    /// now and then.
    #[test]
    fn little_memory_and_restarts_change_nothing(
        places in proptest::collection::vec((0u32..40, 0u32..9), 1..200),
        millis in 0u64..2_000,
        failing in 0u64..60,
        kills in proptest::collection::vec((1usize..150, 0u64..3_000_000), 0..6),
        (window, max_queued, max_hosts) in (1usize..5, 1usize..30, 1usize..20),
    ) {
        let settings = Settings {
            window,
            max_queued,
            max_hosts,
            ..polite(Duration::from_millis(millis))
        };
        let mut world = World::new(settings, failing, "User-agent: *\nDisallow: /p7\n");
        world.moves = wandering;
        for (seq, (host, domain)) in places.iter().enumerate() {
            world.push(seq as u64, url(*host, *domain, seq as u64));
        }
        for (steps, pause) in kills {
            world.run_for(steps);
            world.restart(pause);
        }
        world.run();
        prop_assert_eq!(world.finished.len(), places.len());
        prop_assert!(world.most.0 <= max_hosts, "{} hosts", world.most.0);
        let most = max_queued + max_hosts + window * 16;
        prop_assert!(world.most.1 <= most, "{} URLs", world.most.1);
        let delay = millis as i64 * 1_000;
        for gap in [
            world.smallest_gap(str::to_owned),
            world.smallest_gap(|h| registrable_domain(h).to_owned()),
            world.smallest_gap(|h| ip_of(h).to_string()),
        ] {
            prop_assert!(millis == 0 || gap.is_none_or(|g| g >= delay), "{:?}", gap);
        }
    }

    #[test]
    fn without_a_delay_nothing_is_lost_either(
        places in proptest::collection::vec((0u32..12, 0u32..5), 1..200),
        failing in 0u64..100,
    ) {
        let mut world = World::new(polite(Duration::ZERO), failing, "");
        world.moves = wandering;
        world.frontier.settings.resolve_first = false;
        for (seq, (host, domain)) in places.iter().enumerate() {
            world.push(seq as u64, url(*host, *domain, seq as u64));
        }
        world.run();
        prop_assert_eq!(world.finished.len(), places.len());
    }
}

#[test]
fn a_robots_txt_elsewhere_is_asked_for_in_turn() {
    let robots = "User-agent: *\nDisallow: /p1\n";
    let mut world = World::new(polite(Duration::from_secs(1)), 0, robots);
    // The rules of two are at the third, which is visited itself; of one they go in circles.
    world.moves = |host| match host {
        "h10.d1.cn" | "h20.d2.cn" => Some("http://h30.d3.cn/robots.txt".into()),
        "h40.d4.cn" => Some("http://h50.d4.cn/robots.txt".into()),
        "h50.d4.cn" => Some("http://h40.d4.cn/robots.txt".into()),
        _ => None,
    };
    for (seq, host) in (0..).step_by(2).zip([10, 20, 30, 40]) {
        world.push(seq, url(host, host / 10, 0));
        world.push(seq + 1, url(host, host / 10, 1));
    }
    world.run();
    let asked = |host: &str| world.log.iter().filter(|r| r.0 == host).count();
    assert_eq!(asked("h10.d1.cn"), 2, "robots.txt and a page");
    assert_eq!(asked("h30.d3.cn"), 4, "robots.txt for three, and a page");
    for forbidden in [1, 3, 5] {
        assert_eq!(world.finished[&forbidden], Some(Failure::Robots));
    }
    // After five redirects everything is allowed.
    assert_eq!((asked("h40.d4.cn"), asked("h50.d4.cn")), (3 + 2, 3));
    assert_eq!([6, 7].map(|seq| world.finished[&seq]), [None, None]);
    assert!(world.smallest_gap(str::to_owned).unwrap() >= SECOND as i64);
}

#[test]
fn robots_rules_and_their_delay_are_kept() {
    let robots = "User-agent: *\nDisallow: /p1\nCrawl-delay: 5\n";
    let mut world = World::new(polite(Duration::from_secs(1)), 0, robots);
    for path in 0..4 {
        world.push(path, url(0, 0, path));
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
            world.push(seq, url(host, 0, page));
            seq += 1;
        }
    }
    for domain in 1..=50 {
        world.push(seq, url(0, domain, 0));
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
            frontier.push(
                task(domain * 10 + page, url(0, domain as u32, page)),
                false,
                0,
            );
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
fn rules_outlive_the_process() {
    let robots = "User-agent: *\nDisallow: /p1\nCrawl-delay: 5\n";
    let mut world = World::new(polite(Duration::from_secs(1)), 0, robots);
    for seq in 0..6 {
        world.push(seq, url(0, 0, seq));
    }
    while world.finished.is_empty() {
        world.run_for(1);
    }
    let (before, killed) = (world.log.len(), world.now);
    assert_eq!(before, 2, "robots.txt and a page: {:?}", world.log);
    world.restart(10_000);
    world.run();
    // No second robots.txt, nothing forbidden, and the delay from the start on.
    assert_eq!(world.log.len(), before + 4, "{:?}", world.log);
    assert_eq!(world.finished[&1], Some(Failure::Robots));
    assert!(
        world.log[before].1 >= killed + 5 * SECOND,
        "{:?}",
        world.log
    );
    let gap = world.smallest_gap(str::to_owned).unwrap();
    assert!(gap >= SECOND as i64, "{gap}");
}

#[test]
fn a_pause_that_was_asked_for_outlives_the_process() {
    let mut world = World::new(polite(Duration::from_secs(1)), 0, "");
    world.frontier.settings.robots = false;
    world.frontier.settings.resolve_first = false;
    world.push(0, url(0, 0, 0));
    let Next::Page { origin, entry } = world.frontier.next(0) else {
        panic!("one page is queued");
    };
    let answer = Answer::Refused(Some(Duration::from_secs(90)));
    assert_eq!(
        world.frontier.done(origin, entry, answer, SECOND),
        Verdict::Again
    );
    world.notes.extend(world.frontier.take_notes());
    world.now = 2 * SECOND;
    world.restart(3 * SECOND);
    world.run();
    assert_eq!(world.log.len(), 1);
    assert!(world.log[0].1 >= 91 * SECOND, "{:?}", world.log);
}

#[test]
fn a_host_of_pages_without_end_waits_longer_each_time_and_is_given_up() {
    let mut frontier = Frontier::new(Settings {
        robots: false,
        resolve_first: false,
        ..polite(Duration::ZERO)
    });
    for seq in 0..20 {
        frontier.push(task(seq, url(0, 0, seq)), false, 0);
    }
    let (mut now, mut asked) = (0, Vec::new());
    let lost = loop {
        match frontier.next(now) {
            Next::Page { origin, entry } => {
                asked.push(now / SECOND);
                let verdict = frontier.done(origin, entry, Answer::Cut, now);
                assert!(matches!(verdict, Verdict::Finished(_)));
            }
            Next::Wait(Some(at)) => now = at,
            next => break next,
        }
    };
    assert_eq!(asked, [0, 2, 6, 14, 30, 62]);
    assert!(
        matches!(
            lost,
            Next::Drop {
                why: Failure::GivenUp,
                ..
            }
        ),
        "{lost:?}"
    );
}

#[test]
fn a_dead_host_is_given_up_with_what_it_had() {
    let mut world = World::new(polite(Duration::from_secs(1)), 256, "");
    for seq in 0..50 {
        world.push(seq, url(0, 0, seq));
    }
    world.run();
    assert!(
        world
            .finished
            .values()
            .all(|why| *why == Some(Failure::Dns))
    );
    world
        .frontier
        .push(task(99, url(0, 0, 99)), false, world.now);
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
        frontier.push(task(day, url(0, 0, day)), false, now);
        let Next::Robots(visit) = frontier.next(now) else {
            panic!("the rules are too old");
        };
        assert_eq!(frontier.rules_bytes, 0);
        frontier.robots(visit, RobotsAnswer::Rules(rules.clone()), now);
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
    frontier.push(task(9, url(1, 1, 9)), false, now);
    let Next::Robots(visit) = frontier.next(now) else {
        panic!("a new host is asked for its rules");
    };
    frontier.robots(visit, RobotsAnswer::Rules(large.clone()), now);
    assert_eq!(frontier.rules_bytes, ROBOTS_BYTES - size + large.size());
    assert_eq!(frontier.rules_loaded.len(), 1);
}

#[test]
fn a_moved_page_keeps_its_task() {
    let mut settings = polite(Duration::ZERO);
    settings.resolve_first = false;
    settings.robots = false;
    let mut frontier = Frontier::new(settings);
    frontier.push(task(7, url(0, 0, 0)), false, 0);
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
fn paths_are_read_off_the_text() {
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
    (settings.window, settings.max_queued) = (usize::MAX, usize::MAX);
    let mut frontier = Frontier::new(settings);
    let started = Instant::now();
    for seq in 0..1_000_000u64 {
        let host = (seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32 % 10_000;
        frontier.push(task(seq, url(host, host, seq)), false, 0);
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
