//! A world of servers and a store on a fake clock.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use url::Url;

use crate::crawl::frontier::*;
use crate::crawl::robots::Robots;
use crate::store::Lane;
use crate::store::queue::lane_of;

pub const SECOND: Micros = 1_000_000;

pub fn task(seq: u64, url: String) -> Queued {
    Queued {
        seq,
        lane: lane_of(&url),
        url,
        depth: 0,
        redirects: 0,
    }
}

/// A request that the simulated world is busy with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Running {
    Resolve(u32, String),
    Robots(RobotsVisit),
    Page(u32, u64, String, u8),
    Probe(u32),
    Load(u32, u64, u64, usize),
    Find(u64, usize, usize),
}

/// A world of servers on a fake clock: every request takes a time and ends by a plan.
pub struct World {
    pub frontier: Frontier,
    pub now: Micros,
    running: BTreeSet<(Micros, Running)>,
    /// Host, start and end of each request that reaches a server.
    pub log: Vec<(String, Micros, Micros)>,
    pub finished: BTreeMap<u64, Option<Failure>>,
    random: u64,
    /// Of 256 requests, how many fail.
    failing: u64,
    robots: &'static str,
    /// Where the robots.txt of a host has moved to.
    pub moves: fn(&str) -> Option<String>,
    /// What the store would hold: the queue by lane and sequence, and the notes.
    pub waiting: BTreeMap<(u64, u64), Queued>,
    pub notes: BTreeMap<u64, Vec<u8>>,
    /// What the page at an address teaches.
    pub teach: fn(&str) -> Lesson,
    /// Most origins and URLs that were in memory.
    pub most: (usize, usize),
}

fn host_of(url: &str) -> String {
    Url::parse(url).unwrap().host_str().unwrap().to_owned()
}

/// Four hosts share an address, whatever their domain.
pub fn ip_of(host: &str) -> IpAddr {
    let number: u32 = host
        .split('.')
        .next()
        .and_then(|h| h[1..].parse().ok())
        .unwrap_or(0);
    IpAddr::V4(Ipv4Addr::from_bits(0x0900_0000 + number / 4))
}

impl World {
    pub fn new(settings: Settings, failing: u64, robots: &'static str) -> Self {
        World {
            frontier: Frontier::new(settings),
            now: 0,
            running: BTreeSet::new(),
            log: Vec::new(),
            finished: BTreeMap::new(),
            random: 0x9e37_79b9_7f4a_7c15,
            failing,
            robots,
            moves: |_| None,
            waiting: BTreeMap::new(),
            notes: BTreeMap::new(),
            teach: |_| Lesson::default(),
            most: (0, 0),
        }
    }

    /// Admits a URL to the store and to the frontier.
    pub fn push(&mut self, seq: u64, url: String) {
        let task = task(seq, url);
        self.waiting.insert((task.lane, seq), task.clone());
        self.frontier.push(task, false, self.clock());
    }

    /// The frontier's clock, which begins anew with each run.
    fn clock(&self) -> Micros {
        self.now - self.frontier.settings.started_at as u64 * 1_000
    }

    /// The process is killed, and started again after a while. What was under way is cut off.
    pub fn restart(&mut self, after: Micros) {
        for (_, _, end) in &mut self.log {
            *end = (*end).min(self.now);
        }
        // The clocks agree to the millisecond.
        self.now = (self.now + after).next_multiple_of(1_000);
        let settings = Settings {
            resumed: true,
            started_at: (self.now / 1_000) as i64,
            ..self.frontier.settings.clone()
        };
        self.frontier = Frontier::new(settings);
        for lane in LESSONS {
            if let Some(note) = self.notes.get(&lane) {
                self.frontier.recall_lessons(lane, note);
            }
        }
        self.running.clear();
    }

    fn lane(&self, lane: u64, from: u64, most: usize) -> Lane {
        let all = self.waiting.range((lane, from)..=(lane, u64::MAX));
        let mut waiting: Vec<_> = all.map(|(_, task)| task.clone()).take(most + 1).collect();
        let more = waiting.len() > most;
        waiting.truncate(most);
        let note = self.notes.get(&lane).cloned();
        Lane {
            lane,
            waiting,
            more,
            note,
        }
    }

    fn lanes(&self, from: u64, lanes: usize, most: usize) -> (Vec<Lane>, bool) {
        let mut found: Vec<Lane> = Vec::new();
        let mut next = Some(from);
        while let Some(start) = next.filter(|_| found.len() < lanes) {
            let Some(((lane, _), _)) = self.waiting.range((start, 0)..).next() else {
                break;
            };
            found.push(self.lane(*lane, 0, most));
            next = lane.checked_add(1);
        }
        let last = found.len() < lanes;
        (found, last)
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
    pub fn run(&mut self) {
        self.run_for(usize::MAX);
        assert!(self.frontier.is_empty(), "stalled: {:?}", self.frontier);
        assert_eq!(self.frontier.running(), 0);
        assert!(self.waiting.is_empty(), "left behind: {:?}", self.waiting);
    }

    /// Runs for so many steps.
    pub fn run_for(&mut self, steps: usize) {
        let slots = self.frontier.settings.concurrency;
        for _ in 0..steps {
            let mut wake = None;
            self.notes.extend(self.frontier.take_notes());
            self.most.0 = self.most.0.max(self.frontier.origin_ids.len());
            self.most.1 = self.most.1.max(self.frontier.len());
            while self.running.len() < slots {
                let started_at = self.now - self.clock();
                match self.frontier.next(self.clock()) {
                    Next::Load {
                        origin,
                        lane,
                        from,
                        most,
                    } => {
                        let what = Running::Load(origin.0, lane, from, most);
                        self.running.insert((self.now + 300, what));
                    }
                    Next::Find { from, lanes, most } => {
                        let what = Running::Find(from, lanes, most);
                        self.running.insert((self.now + 300, what));
                    }
                    Next::Resolve { origin, host } => {
                        let end = self.now + 2_000;
                        self.running.insert((end, Running::Resolve(origin.0, host)));
                    }
                    Next::Robots(visit) => {
                        self.request(&visit.url.clone(), Running::Robots(visit));
                    }
                    Next::Page { origin, entry } => {
                        let Queued { seq, url, .. } = entry.task;
                        let what = Running::Page(origin.0, seq, url.clone(), entry.tries);
                        self.request(&url, what);
                    }
                    Next::Probe { origin, url } => {
                        self.request(&url, Running::Probe(origin.0));
                    }
                    Next::Drop { task, why } => self.finish(task, Some(why)),
                    Next::Wait(at) => {
                        wake = at.map(|at| at + started_at);
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
    }

    fn end(&mut self, what: Running) {
        let now = self.clock();
        let fails = self.roll() % 256 < self.failing;
        match what {
            Running::Load(id, lane, from, most) => {
                let lane = self.lane(lane, from, most);
                self.frontier.loaded(OriginId(id), lane, now);
            }
            Running::Find(from, lanes, most) => {
                let (lanes, last) = self.lanes(from, lanes, most);
                self.frontier.found(lanes, last, now);
            }
            Running::Resolve(id, host) => {
                let answer = if fails {
                    Err(Failure::Dns)
                } else {
                    Ok(ip_of(&host))
                };
                self.frontier.resolved(OriginId(id), answer, now);
            }
            Running::Robots(visit) => {
                let answer = if fails {
                    RobotsAnswer::Unavailable(Failure::Status(500), None)
                } else if let Some(to) = (self.moves)(&host_of(&visit.url)) {
                    RobotsAnswer::Moved(to, visit.hops + 1)
                } else {
                    RobotsAnswer::Rules(Robots::parse(self.robots.as_bytes(), "partyline"))
                };
                self.frontier.robots(visit, answer, now);
            }
            Running::Probe(id) => self.frontier.probed(OriginId(id), None, now),
            Running::Page(id, seq, url, tries) => {
                let answer = match (fails, seq % 3) {
                    (false, _) => Answer::Answered,
                    (true, 0) => Answer::Failed(Failure::Timeout),
                    (true, 1) => Answer::Refused(Some(Duration::from_secs(7))),
                    (true, _) => Answer::Failed(Failure::Status(500)),
                };
                let entry = Entry {
                    grammar: 0,
                    task: task(seq, url),
                    tries,
                };
                match self.frontier.done(OriginId(id), entry, answer, now) {
                    Verdict::Finished(task) => {
                        self.frontier.learned(&task.url, &(self.teach)(&task.url));
                        self.finish(task, None);
                    }
                    Verdict::Lost(task, why) => self.finish(task, Some(why)),
                    Verdict::Again => {}
                }
            }
        }
    }

    fn finish(&mut self, task: Queued, why: Option<Failure>) {
        let before = self.finished.insert(task.seq, why);
        self.waiting.remove(&(task.lane, task.seq));
        assert_eq!(before, None, "{task:?} finished twice");
    }

    /// The smallest gap between the end of a request and the start of the next with this key.
    pub fn smallest_gap(&self, key: impl Fn(&str) -> String) -> Option<i64> {
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
