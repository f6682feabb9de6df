//! A robots.txt that has moved to another origin (RFC 9309 §2.3.1.2): the rules of one, asked for
//! at another. The request is a turn of the origin that is asked: its pauses, its domain's and
//! its address's hold for it, while the one whose rules they will be waits.

use std::collections::{HashMap, VecDeque};

use crate::crawl::politeness::Micros;
use crate::crawl::progress::Failure;
use crate::crawl::robots::Robots;

use super::{Frontier, Next, OriginId, ROBOTS_REDIRECTS, RobotsAnswer, base_of};

/// A robots.txt that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RobotsVisit {
    /// Whose rules they will be, and who is asked.
    pub of: OriginId,
    pub at: OriginId,
    pub url: String,
    /// Redirects that led here.
    pub hops: usize,
}

/// Visits by the origin that they wait for, and those that will not be made.
#[derive(Debug, Default)]
pub(super) struct Guests {
    waiting: HashMap<u32, VecDeque<RobotsVisit>>,
    turned_away: VecDeque<(OriginId, Failure)>,
}

impl Guests {
    pub fn wait_for(&self, id: u32) -> bool {
        // Mostly there are none at all.
        !self.waiting.is_empty() && self.waiting.contains_key(&id)
    }
}

impl Frontier {
    /// The robots.txt of `of` has moved: it is asked for where it is now, in turn.
    pub(super) fn robots_moved(&mut self, of: OriginId, url: String, hops: usize, now: Micros) {
        if hops > ROBOTS_REDIRECTS {
            self.robots_came(of, RobotsAnswer::Rules(Robots::default()), now);
            return;
        }
        let known = self.known_origin(&url);
        let at = known.or_else(|| match base_of(&url).is_some() && self.make_room(now) {
            true => self.new_origin(&url),
            false => None,
        });
        let refused = at.map(|at| self.origins[at as usize].given_up);
        match (at, refused) {
            (Some(at), Some(None)) => {
                let visit = RobotsVisit {
                    of,
                    at: OriginId(at),
                    url,
                    hops,
                };
                self.guests.waiting.entry(at).or_default().push_back(visit);
                self.activate(at, now);
            }
            (_, why) => {
                let why = why.flatten().unwrap_or(Failure::RobotsUnavailable);
                self.guests.turned_away.push_back((of, why));
            }
        }
    }

    /// The next visit that waits for an origin whose turn it is.
    pub(super) fn receive_guest(&mut self, id: u32, now: Micros) -> Option<Next> {
        let waiting = self.guests.waiting.get_mut(&id)?;
        let visit = waiting.pop_front();
        if waiting.is_empty() {
            self.guests.waiting.remove(&id);
        }
        let visit = visit?;
        self.start(id, now);
        Some(Next::Robots(visit))
    }

    /// Nobody will be asked at an origin that is given up.
    pub(super) fn turn_guests_away(&mut self, id: u32, why: Failure) {
        let gone = self.guests.waiting.remove(&id).into_iter().flatten();
        let gone = gone.map(|visit| (visit.of, why));
        self.guests.turned_away.extend(gone);
    }

    /// Tells those whose visits will not be made. One at a time: a chain of such has any length.
    pub(super) fn tell_turned_away(&mut self, now: Micros) {
        while let Some((of, why)) = self.guests.turned_away.pop_front() {
            let answer = match why {
                // The address rules speak against the target of a redirect, not the site.
                Failure::Refused(_) => RobotsAnswer::Rules(Robots::default()),
                why => RobotsAnswer::Unavailable(why, None),
            };
            self.robots_came(of, answer, now);
        }
    }
}
