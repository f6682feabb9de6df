//! What acknowledged pages teach, and what follows.

use std::time::Duration;

use super::world::{World, task};
use super::{polite, url};
use crate::crawl::frontier::*;

/// Lesson of a page that brought so many new numbers.
fn brought(numbers: u32) -> Lesson {
    Lesson {
        worth: f64::from(numbers),
        new_numbers: numbers,
        ..Lesson::default()
    }
}

/// Hosts of which the odd ones bring a number on each page: how many of the first pages are
/// theirs.
fn good_among_the_first(order: Order, first: usize) -> usize {
    let mut world = World::new(
        Settings {
            order,
            concurrency: 2,
            ..polite(Duration::ZERO)
        },
        0,
        "",
    );
    fn good(url: &str) -> bool {
        !url.contains("d2.cn") && !url.contains("d4.cn") && !url.contains("d6.cn")
    }
    world.teach = |url| brought(u32::from(good(url)));
    let urls: Vec<String> = (0..240).map(|n| url(0, 1 + n % 6, u64::from(n))).collect();
    for (seq, url) in urls.iter().enumerate() {
        world.push(seq as u64, url.clone());
    }
    let mut done = Vec::new();
    while done.len() < first {
        world.run_for(1);
        for seq in world.finished.keys() {
            if !done.contains(seq) {
                done.push(*seq);
            }
        }
    }
    let count = done[..first].iter().filter(|s| good(&urls[**s as usize]));
    count.count()
}

#[test]
fn places_that_bring_news_go_first() {
    let (fair, focused) = (
        good_among_the_first(Order::Fair, 90),
        good_among_the_first(Order::Focused, 90),
    );
    assert!((40..=50).contains(&fair), "{fair}");
    assert!(focused >= 65, "{focused}");
}

#[test]
fn the_oldest_link_goes_first_where_that_is_wanted() {
    let settings = Settings {
        order: Order::Breadth,
        concurrency: 1,
        robots: false,
        ..polite(Duration::ZERO)
    };
    let mut world = World::new(settings, 0, "");
    for seq in 0..60 {
        world.push(seq, url(0, (seq % 7 * seq % 5) as u32, seq));
    }
    let mut order = Vec::new();
    while order.len() < 60 {
        world.run_for(1);
        let new: Vec<u64> = world.finished.keys().copied().collect();
        order.extend(
            new.into_iter()
                .filter(|s| !order.contains(s))
                .collect::<Vec<_>>(),
        );
    }
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn a_network_that_is_known_well_is_left() {
    let settings = Settings {
        network_budget: 20,
        concurrency: 1,
        ..polite(Duration::ZERO)
    };
    let mut world = World::new(settings, 0, "");
    // Domains 0 to 4 are one network; domain 5 has a number of its own on every page.
    world.teach = |url| Lesson {
        network: match url.split_once("d5.cn/p") {
            Some((_, page)) => vec![1_000 + page.parse::<u64>().unwrap()],
            None => vec![7],
        },
        ..Lesson::default()
    };
    for n in 0..240 {
        world.push(n, url(0, (n % 6) as u32, n));
    }
    world.run();
    let left: Vec<u64> = world
        .finished
        .iter()
        .filter(|(_, why)| **why == Some(Failure::KnownNetwork))
        .map(|(seq, _)| *seq)
        .collect();
    assert!(left.iter().all(|seq| seq % 6 != 5), "{left:?}");
    // Twenty pages, and three more of each of the five.
    assert_eq!(200 - left.len(), 35, "{left:?}");
}

#[test]
fn what_is_known_of_networks_outlives_the_run() {
    let settings = Settings {
        network_budget: 500,
        ..polite(Duration::ZERO)
    };
    let mut frontier = Frontier::new(settings.clone());
    frontier.push(task(0, url(0, 0, 0)), false, 0);
    let lesson = Lesson {
        network: vec![7],
        ..Lesson::default()
    };
    for _ in 0..600 {
        frontier.learned(&url(0, 0, 0), &lesson);
    }
    let notes = frontier.take_notes();
    let note = notes.iter().find(|(lane, _)| *lane == COUNTS).unwrap();
    let mut frontier = Frontier::new(settings);
    frontier.recall_counts(&note.1);
    frontier.push(task(1, url(0, 1, 1)), false, 0);
    for _ in 0..3 {
        assert_eq!(frontier.exhausted(0), None);
        frontier.learned(&url(0, 1, 1), &lesson);
    }
    assert_eq!(frontier.exhausted(0), Some(Failure::KnownNetwork));
}

#[test]
fn subdomains_that_look_alike_are_sampled() {
    fn alike(_: &str) -> Lesson {
        Lesson {
            look: Some(Look {
                skeleton: 0xffff,
                dom: 0xffff_0000,
            }),
            ..Lesson::default()
        }
    }
    let settings = Settings {
        concurrency: 1,
        probe: false,
        ..polite(Duration::ZERO)
    };
    let run = |teach: fn(&str) -> Lesson| {
        let mut world = World::new(settings.clone(), 0, "");
        world.teach = teach;
        for n in 0..50 {
            world.push(n, url(n as u32, 0, n));
        }
        world.run();
        let pool = world.finished.values();
        pool.filter(|why| **why == Some(Failure::Pool)).count()
    };
    assert_eq!(run(alike), 40);
    // The same look, but each host has a number of its own: all are fetched.
    let rich = |url: &str| Lesson {
        new_numbers: 1,
        ..alike(url)
    };
    assert_eq!(run(rich), 0);
}

#[test]
fn an_address_has_a_budget() {
    let settings = Settings {
        ip_budget: 10,
        concurrency: 1,
        ..polite(Duration::from_millis(1))
    };
    let mut world = World::new(settings, 0, "");
    // Four hosts share an address.
    for n in 0..80 {
        world.push(n, url((n % 8) as u32, (n % 8) as u32, n));
    }
    world.run();
    let over = world.finished.values();
    let over = over
        .filter(|why| **why == Some(Failure::AddressBudget))
        .count();
    assert_eq!(over, 60);
}

#[test]
fn the_worth_of_places_is_remembered_over_a_restart() {
    // Pages of two of twenty sites bring something.
    let lesson = |url: &str| Lesson {
        worth: f64::from(u8::from(url.contains(".d1.") || url.contains(".d2."))),
        ..Lesson::default()
    };
    let settings = Settings {
        concurrency: 1,
        probe: false,
        ..polite(Duration::ZERO)
    };
    let orders = [true, false].map(|remembers| {
        let mut world = World::new(settings.clone(), 0, "");
        world.teach = lesson;
        for n in 0..1_600 {
            world.push(n, url(0, (n % 20) as u32, n));
        }
        while world.finished.len() < 600 {
            world.run_for(1);
        }
        let before = world.finished.len();
        for n in 1_600..3_600 {
            world.push(n, url(0, (n % 20) as u32, n));
        }
        if !remembers {
            world.notes.retain(|lane, _| !LESSONS.contains(lane));
        }
        world.restart(super::SECOND);
        let asked = world.log.len();
        world.run_for(400);
        assert!(world.finished.len() > before + 50);
        let later = &world.log[asked..];
        let pages = later.iter().map(|(host, ..)| host);
        pages
            .take(60)
            .filter(|host| host.contains(".d1.") || host.contains(".d2."))
            .count()
    });
    let [remembered, forgotten] = orders;
    assert!(
        remembered > forgotten + 10,
        "{remembered} of 60, {forgotten} without"
    );
}
