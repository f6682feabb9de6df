//! The turns: who goes next, and what follows when a request ends.

use std::cmp::Reverse;
use std::time::Duration;

use crate::crawl::politeness::{Micros, micros};
use crate::crawl::progress::Failure;

use super::state::{Address, Place, Rules};
use super::{Frontier, Next, OriginId, RobotsVisit, path_of};

impl Frontier {
    /// What to do at this time. The caller keeps to its concurrency by not asking.
    pub fn next(&mut self, now: Micros) -> Next {
        self.tell_turned_away(now);
        self.wake_failing(now);
        loop {
            // Also those whose turn came up because another did not take its own.
            while let Some(&(at, ip)) = self.ip_timers.first()
                && at <= now
            {
                self.wake_ip(ip, now);
            }
            if let Some((task, why)) = self.dropped.pop_front() {
                return Next::Drop { task, why };
            }
            // Readings and requests take turns: neither holds up the other.
            if !self.spill.just_read
                && let Some(next) = self.next_load(now)
            {
                self.spill.just_read = true;
                return next;
            }
            self.line_up(now);
            let Some(domain) = self.first_in_line() else {
                if std::mem::take(&mut self.spill.just_read) {
                    continue;
                }
                break;
            };
            let origin = self.take_turn(domain, now);
            let next = origin.and_then(|id| self.attempt(id, now));
            self.schedule(domain);
            if let Some(next) = next {
                self.spill.just_read = false;
                return next;
            }
        }
        let domain = self.timers.first().map(|t| t.0);
        let ip = self.ip_timers.first().map(|t| t.0);
        let room = self.spill.parked.then_some(now + super::spill::PATIENCE);
        Next::Wait([domain, ip, room].into_iter().flatten().min())
    }

    /// The origin of the domain whose turn it is.
    fn take_turn(&mut self, domain: u32, now: Micros) -> Option<u32> {
        let domain = &mut self.domains[domain as usize];
        while let Some(&Reverse((at, id))) = domain.later.peek() {
            if at > now {
                break;
            }
            domain.later.pop();
            domain.ready.push_back(id);
        }
        let id = domain.ready.pop_front()?;
        self.origins[id as usize].place = Place::Idle;
        Some(id)
    }

    /// Starts a request to the origin where nothing stands against it; otherwise leaves the
    /// origin where it waits for what does.
    fn attempt(&mut self, id: u32, now: Micros) -> Option<Next> {
        let next = self.try_start(id, now);
        if next.is_none() {
            // It may have been woken for an address that it then did not use.
            self.offer_ip(id, now);
        }
        next
    }

    fn try_start(&mut self, id: u32, now: Micros) -> Option<Next> {
        let expected = self.guests.wait_for(id);
        let origin = &mut self.origins[id as usize];
        if !origin.has_turn(expected) || origin.unread {
            return None;
        }
        if origin.next_at > now {
            self.activate(id, now);
            return None;
        }
        let name = OriginId(id);
        if self.settings.resolve_first && origin.address == Address::Unknown {
            if std::mem::replace(&mut origin.busy, true) {
                return None;
            }
            let host = origin.host.to_string();
            self.running += 1;
            return Some(Next::Resolve { origin: name, host });
        }
        if let Some(why) = self.exhausted(id) {
            self.give_up(id, why);
            self.rest(id);
            return None;
        }
        if self.waits_for_ip(id, now) || self.waits_as_failing(id) {
            return None;
        }
        if expected {
            return self.receive_guest(id, now);
        }
        if self.settings.robots {
            let origin = &self.origins[id as usize];
            if matches!(origin.rules, Rules::Known { until, .. } if until <= now) {
                self.forget_rules(id);
            }
            let origin = &mut self.origins[id as usize];
            if matches!(origin.rules, Rules::Needed) {
                // Requests that run under the old rules end before new ones are asked for.
                if origin.running > 0 {
                    return None;
                }
                origin.busy = true;
                let url = format!("{}/robots.txt", origin.base);
                self.start(id, now);
                return Some(Next::Robots(RobotsVisit {
                    of: name,
                    at: name,
                    url,
                    hops: 0,
                }));
            }
        }
        self.start_page(id, now)
    }

    /// Starts the first request that robots.txt allows.
    fn start_page(&mut self, id: u32, now: Micros) -> Option<Next> {
        let name = OriginId(id);
        let rules = match &self.origins[id as usize].rules {
            Rules::Known {
                rules: Some(rules), ..
            } if self.settings.robots => Some(rules.clone()),
            _ => None,
        };
        let allows = |url: &str| rules.as_ref().is_none_or(|r| r.allowed(path_of(url)));
        if let Some(url) = self.probe_of(id)
            && allows(&url)
        {
            self.origins[id as usize].busy = true;
            self.start(id, now);
            return Some(Next::Probe { origin: name, url });
        }
        while let Some(entry) = self.take_entry(id) {
            self.queued -= 1;
            if !allows(&entry.task.url) {
                self.dropped.push_back((entry.task, Failure::Robots));
                continue;
            }
            let folders = self.origins[id as usize].folders.as_mut();
            if folders.is_some_and(|folders| folders.spent(&entry.task.url)) {
                self.dropped.push_back((entry.task, Failure::AnyPath));
                continue;
            }
            self.want(id);
            self.count_page(id);
            self.start(id, now);
            return Some(Next::Page {
                origin: name,
                entry,
            });
        }
        self.want(id);
        self.rest(id);
        None
    }

    /// With a delay, one request at a time and a rest after it, for host, domain and address.
    fn polite(&self) -> bool {
        !self.settings.politeness.delay.is_zero()
    }

    fn waits_for_ip(&mut self, id: u32, now: Micros) -> bool {
        let Address::Known(ip) = self.origins[id as usize].address else {
            return false;
        };
        let state = &mut self.ips[ip as usize];
        if self.settings.politeness.delay.is_zero() || (state.running == 0 && state.next_at <= now)
        {
            return false;
        }
        state.waiting.push_back(id);
        self.origins[id as usize].place = Place::Ip;
        self.time_ip(ip, now);
        true
    }

    /// Sees to it that an address with somebody waiting has a timer once it is free.
    fn time_ip(&mut self, ip: u32, now: Micros) {
        let state = &mut self.ips[ip as usize];
        if state.running == 0 && !state.waiting.is_empty() && state.timer.is_none() {
            let at = state.next_at.max(now);
            state.timer = Some(at);
            self.ip_timers.insert((at, ip));
        }
    }

    fn offer_ip(&mut self, id: u32, now: Micros) {
        if let Address::Known(ip) = self.origins[id as usize].address
            && self.origins[id as usize].place != Place::Ip
        {
            self.time_ip(ip, now);
        }
    }

    /// The address is free: the first that waits, and whose domain is free too, goes next.
    fn wake_ip(&mut self, ip: u32, now: Micros) {
        let state = &mut self.ips[ip as usize];
        if let Some(at) = state.timer.take() {
            self.ip_timers.remove(&(at, ip));
        }
        while let Some(id) = self.ips[ip as usize].waiting.pop_front() {
            self.origins[id as usize].place = Place::Domain;
            let index = self.origins[id as usize].domain;
            let domain = &mut self.domains[index as usize];
            domain.ready.push_front(id);
            let free = domain.running == 0 && domain.next_at <= now;
            self.schedule(index);
            if free {
                break;
            }
        }
    }

    fn waits_as_failing(&mut self, id: u32) -> bool {
        let share = (self.settings.concurrency / 4).max(1);
        if self.origins[id as usize].failures == 0 || self.failing_running < share {
            return false;
        }
        self.failing_wait.push_back(id);
        self.origins[id as usize].place = Place::Failing;
        true
    }

    fn wake_failing(&mut self, now: Micros) {
        let share = (self.settings.concurrency / 4).max(1);
        let free = share.saturating_sub(self.failing_running);
        for _ in 0..free {
            let Some(id) = self.failing_wait.pop_front() else {
                break;
            };
            self.origins[id as usize].place = Place::Idle;
            self.activate(id, now);
        }
    }

    /// Puts an origin that has something to fetch in its domain's turn.
    pub(super) fn activate(&mut self, id: u32, now: Micros) {
        let polite = self.polite();
        let expected = self.guests.wait_for(id);
        let origin = &mut self.origins[id as usize];
        let politeness = &self.settings.politeness;
        let limit = if polite || !politeness.between(crawl_delay(&origin.rules)).is_zero() {
            1
        } else {
            politeness.connections.max(1)
        };
        if origin.place != Place::Idle
            || !origin.has_turn(expected)
            || origin.running >= limit
            || origin.given_up.is_some()
        {
            return;
        }
        origin.place = Place::Domain;
        let (index, at) = (origin.domain, origin.next_at);
        let domain = &mut self.domains[index as usize];
        if at <= now {
            domain.ready.push_back(id);
        } else {
            domain.later.push(Reverse((at, id)));
        }
        self.schedule(index);
    }

    /// Gives the domain its timer: the time at which it may go.
    fn schedule(&mut self, index: u32) {
        let polite = self.polite();
        let domain = &mut self.domains[index as usize];
        let earliest = if domain.ready.is_empty() {
            domain.later.peek().map(|Reverse((at, _))| *at)
        } else {
            Some(0)
        };
        let at = match earliest {
            Some(at) if !(polite && domain.running > 0) => at.max(domain.next_at),
            _ => {
                if let Some((at, turn)) = domain.timer.take() {
                    self.timers.remove(&(at, turn, index));
                }
                self.out_of_line(index);
                return;
            }
        };
        if domain.due.is_some() {
            return;
        }
        if let Some((old, turn)) = domain.timer {
            if old <= at {
                return;
            }
            self.timers.remove(&(old, turn, index));
        }
        self.turn += 1;
        domain.timer = Some((at, self.turn));
        self.timers.insert((at, self.turn, index));
    }

    pub(super) fn start(&mut self, id: u32, now: Micros) {
        let origin = &mut self.origins[id as usize];
        origin.running += 1;
        if origin.failures > 0 {
            origin.failing_running += 1;
            self.failing_running += 1;
        }
        let domain = origin.domain as usize;
        if let Address::Known(ip) = origin.address {
            self.ips[ip as usize].running += 1;
        }
        self.domains[domain].running += 1;
        // Behind every domain that could go now and did not.
        self.domains[domain].next_at = self.domains[domain].next_at.max(now);
        self.running += 1;
        // Without a delay the origin may have more than one request running.
        self.activate(id, now);
    }

    /// A request to the origin ended: it, its domain and its address rest, then others go.
    pub(super) fn finish(&mut self, id: u32, pause: Duration, now: Micros) {
        self.running -= 1;
        let rest = now.saturating_add(micros(self.settings.politeness.delay));
        let origin = &mut self.origins[id as usize];
        let own = self
            .settings
            .politeness
            .between(crawl_delay(&origin.rules))
            .max(pause);
        origin.running -= 1;
        origin.next_at = origin.next_at.max(now.saturating_add(micros(own)));
        if origin.failing_running > 0 {
            origin.failing_running -= 1;
            self.failing_running -= 1;
        }
        let (index, address) = (origin.domain, origin.address);
        let domain = &mut self.domains[index as usize];
        domain.running -= 1;
        domain.next_at = domain.next_at.max(rest);
        if let Address::Known(ip) = address {
            let state = &mut self.ips[ip as usize];
            state.running -= 1;
            state.next_at = state.next_at.max(rest);
            self.time_ip(ip, now);
        }
        self.activate(id, now);
        self.schedule(index);
        self.rest(id);
    }

    /// The origin's last request was answered: what went before is forgiven.
    pub(super) fn answered(&mut self, id: u32) {
        let origin = &mut self.origins[id as usize];
        let changed = origin.failures > 0 || origin.refusals > 0;
        self.troubled -= usize::from(origin.failures > 0);
        origin.failures = 0;
        origin.refusals = 0;
        origin.answered = true;
        if changed {
            self.outdate(id);
        }
    }

    /// Notes a failure and says how many there were in a row.
    pub(super) fn note_failure(&mut self, id: u32) -> u8 {
        let origin = &mut self.origins[id as usize];
        if origin.failures == 0 {
            self.troubled += 1;
        }
        origin.failures = origin.failures.saturating_add(1);
        let failures = origin.failures;
        self.outdate(id);
        failures
    }

    /// Its host cannot be reached at all: tried again a few times, then given up.
    pub(super) fn host_failed(&mut self, id: u32, why: Failure, now: Micros) {
        let failures = self.note_failure(id);
        if self.hopeless(id, why, failures) {
            self.give_up(id, why);
            return;
        }
        let pause = micros(self.settings.politeness.backoff_after(failures));
        let origin = &mut self.origins[id as usize];
        origin.next_at = origin.next_at.max(now.saturating_add(pause));
    }

    /// After so many failures in a row, is it no use to try the host again?
    pub(super) fn hopeless(&self, id: u32, why: Failure, failures: u8) -> bool {
        let most = self.settings.politeness.max_failures;
        match why {
            Failure::Refused(_) => true,
            Failure::Tls | Failure::Certificate(_) => failures >= 2,
            Failure::Dns => failures >= 3,
            // A few broken pages must not hide the good ones beside them.
            Failure::Broken | Failure::Timeout | Failure::Status(_)
                if self.origins[id as usize].answered =>
            {
                failures >= most.saturating_mul(super::PATIENCE)
            }
            _ => failures >= most,
        }
    }

    /// Drops everything that waits for the origin, and everything that will.
    pub(super) fn give_up(&mut self, id: u32, why: Failure) {
        let origin = &mut self.origins[id as usize];
        origin.given_up = Some(why);
        self.queued -= origin.queue.len();
        let waiting = std::mem::take(&mut origin.queue);
        self.dropped
            .extend(waiting.into_iter().map(|entry| (entry.task, why)));
        // What is in the store shares its lot, a part at a time.
        self.want(id);
        self.turn_guests_away(id, why);
    }
}

pub(super) fn crawl_delay(rules: &Rules) -> Option<Duration> {
    match rules {
        Rules::Known {
            rules: Some(rules), ..
        } => rules.crawl_delay,
        _ => None,
    }
}
