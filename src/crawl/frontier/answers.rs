//! What the answers to requests change.

use std::net::IpAddr;
use std::time::Duration;

use crate::crawl::politeness::{Micros, micros};
use crate::crawl::progress::Failure;

use super::schedule::crawl_delay;
use super::state::Address;
use super::{
    Answer, Entry, Frontier, Lesson, OriginId, ROBOTS_TRIES, RobotsAnswer, RobotsVisit, Verdict,
};

impl Frontier {
    /// Reports the answer to [`Next::Resolve`](super::Next::Resolve). All hosts on one address share its turns.
    pub fn resolved(&mut self, origin: OriginId, answer: Result<IpAddr, Failure>, now: Micros) {
        self.running -= 1;
        let id = origin.0;
        self.origins[id as usize].busy = false;
        match answer {
            Ok(ip) => {
                let ip = self.address_of(ip);
                self.ips[ip as usize].origins += 1;
                self.origins[id as usize].address = Address::Known(ip);
            }
            Err(why) => self.host_failed(id, why, now),
        }
        self.activate(id, now);
    }

    /// Reports the answer to [`Next::Robots`](super::Next::Robots).
    pub fn robots(&mut self, visit: RobotsVisit, answer: RobotsAnswer, now: Micros) {
        let pause = match answer {
            RobotsAnswer::Unavailable(_, after) => {
                self.settings.politeness.pause_after_refusal(1, after)
            }
            _ => Duration::ZERO,
        };
        self.finish(visit.at.0, pause, now);
        self.robots_came(visit.of, answer, now);
    }

    /// What the robots.txt of an origin says, wherever it was asked for.
    pub(super) fn robots_came(&mut self, of: OriginId, answer: RobotsAnswer, now: Micros) {
        let id = of.0;
        match answer {
            RobotsAnswer::Moved(url, hops) => return self.robots_moved(of, url, hops, now),
            RobotsAnswer::Rules(rules) => {
                self.answered(id);
                self.keep_rules(id, rules, now);
            }
            RobotsAnswer::Unavailable(why, retry_after) => {
                let origin = &mut self.origins[id as usize];
                origin.robots_tries += 1;
                let tries = origin.robots_tries;
                let failures = self.note_failure(id);
                if tries >= ROBOTS_TRIES || self.hopeless(id, why, failures) {
                    let why = if why.of_host() && !matches!(why, Failure::Status(_)) {
                        why
                    } else {
                        Failure::RobotsUnavailable
                    };
                    self.give_up(id, why);
                } else {
                    let politeness = &self.settings.politeness;
                    let pause = politeness.pause_after_refusal(tries, retry_after);
                    let until = now.saturating_add(micros(pause));
                    let origin = &mut self.origins[id as usize];
                    origin.next_at = origin.next_at.max(until);
                }
            }
        }
        // Rules may ask for more than the pause that its request has left.
        let asked = crawl_delay(&self.origins[id as usize].rules);
        let own = micros(self.settings.politeness.between(asked));
        let origin = &mut self.origins[id as usize];
        origin.busy = false;
        origin.next_at = origin.next_at.max(now.saturating_add(own));
        self.activate(id, now);
        self.rest(id);
    }

    /// Reports the answer to [`Next::Page`](super::Next::Page).
    pub fn done(
        &mut self,
        origin: OriginId,
        mut entry: Entry,
        answer: Answer,
        now: Micros,
    ) -> Verdict {
        let id = origin.0;
        let politeness = self.settings.politeness.clone();
        let (pause, why, again) = match answer {
            Answer::Answered => {
                self.answered(id);
                self.finish(id, Duration::ZERO, now);
                return Verdict::Finished(entry.task);
            }
            Answer::Cut => {
                let failures = self.note_failure(id);
                if failures >= politeness.max_failures {
                    self.give_up(id, Failure::GivenUp);
                }
                self.origins[id as usize].answered = true;
                self.finish(id, politeness.backoff_after(failures), now);
                return Verdict::Finished(entry.task);
            }
            Answer::Failed(why) if why.of_host() => {
                let failures = self.note_failure(id);
                let pause = politeness.backoff_after(failures);
                if self.hopeless(id, why, failures) {
                    let passing = why.may_pass() && why != Failure::Dns;
                    self.give_up(id, if passing { Failure::GivenUp } else { why });
                }
                (
                    pause,
                    why,
                    why.may_pass() && entry.tries < politeness.retries,
                )
            }
            Answer::Failed(why) => {
                self.answered(id);
                (Duration::ZERO, why, false)
            }
            Answer::Refused(retry_after) => {
                self.note_failure(id);
                let origin = &mut self.origins[id as usize];
                origin.refusals = origin.refusals.saturating_add(1);
                let refusals = origin.refusals;
                if refusals >= politeness.max_refusals {
                    self.give_up(id, Failure::Refusing);
                }
                let pause = politeness.pause_after_refusal(refusals, retry_after);
                (
                    pause,
                    Failure::Refusing,
                    entry.tries < politeness.max_refusals,
                )
            }
        };
        self.finish(id, pause, now);
        if !again || self.origins[id as usize].given_up.is_some() {
            self.learned(&entry.task.url, &Lesson::default());
            return Verdict::Lost(entry.task, why);
        }
        entry.tries += 1;
        self.requeue(id, entry, now);
        Verdict::Again
    }

    pub(super) fn requeue(&mut self, id: u32, entry: Entry, now: Micros) {
        let domain = self.origins[id as usize].domain;
        // It is asked for again.
        let record = &mut self.domains[domain as usize].record;
        record.asked = record.asked.saturating_sub(1);
        self.origins[id as usize].queue.push_front(entry);
        self.queued += 1;
        self.activate(id, now);
    }
}
