//! What waits in the store and not here, and making room.
//!
//! The URLs of an origin are taken in without gaps, in the order of their sequence: all below
//! [`Origin::taken`] were. So what is pushed is either next, or known already because it was read
//! from the store before its acknowledgement came, or left in the store.

use std::collections::VecDeque;

use super::state::{Address, Origin, Place};
use super::{Entry, Frontier, Next, OriginId, base_of};
use crate::crawl::politeness::Micros;
use crate::store::{Lane, Queued};

/// Lanes that are read at a time.
const LANES: usize = 1_000;
/// Idle origins that are looked at, at a time, to make room.
const AT_ONCE: usize = 64;
/// Where there is no room, it is looked for again after this time.
pub(super) const PATIENCE: Micros = 100_000;

/// See the module's page.
#[derive(Debug)]
pub(super) struct Spill {
    /// The store may know more of an origin than is here, when the origin is new here.
    pub remembers: bool,
    /// Origins here with URLs in the store, and origins that wait for their reading.
    pub lanes: usize,
    wanted: VecDeque<u32>,
    /// Where the search for lanes goes on; `None` where it is through.
    search: Option<u64>,
    searching: bool,
    /// Lanes were left in the store for want of room.
    pub parked: bool,
    /// Origins that had nothing to do when they were put here, the oldest first.
    idle: VecDeque<u32>,
    /// Origins made in this run.
    pub met: usize,
    /// The last answer of [`Frontier::next`] was to read something: a request goes first.
    pub just_read: bool,
}

impl Spill {
    pub fn new(resumed: bool) -> Self {
        Spill {
            remembers: resumed,
            lanes: 0,
            wanted: VecDeque::new(),
            search: resumed.then_some(0),
            searching: false,
            parked: false,
            idle: VecDeque::new(),
            met: 0,
            just_read: false,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.lanes == 0 && self.search.is_none() && !self.searching && !self.parked
    }
}

impl Frontier {
    /// Takes in a URL that was pushed, or leaves it in the store.
    pub(super) fn take_in(&mut self, id: u32, task: Queued, now: Micros) {
        let full = self.queued >= self.settings.max_queued;
        let window = if full { 1 } else { self.settings.window };
        let origin = &mut self.origins[id as usize];
        if task.seq < origin.taken {
            return; // Read from the store already.
        }
        let spilled = origin.spilled();
        origin.pushed = origin.pushed.max(task.seq + 1);
        if !spilled && (origin.queue.len() < window || origin.given_up.is_some()) {
            self.queue_up(id, task, now);
            return;
        }
        self.spill.lanes += usize::from(!spilled);
        self.want(id);
    }

    /// Queues the next URL of an origin in memory.
    fn queue_up(&mut self, id: u32, task: Queued, now: Micros) {
        let origin = &mut self.origins[id as usize];
        origin.taken = task.seq + 1;
        origin.pushed = origin.pushed.max(origin.taken);
        if let Some(why) = origin.given_up {
            self.dropped.push_back((task, why));
            return;
        }
        let grammar = super::focus::grammar(&task.url);
        origin.queue.push_back(Entry {
            task,
            tries: 0,
            grammar,
        });
        self.queued += 1;
        self.activate(id, now);
    }

    /// Has the next URLs of an origin read, where some are in the store and few are left here.
    pub(super) fn want(&mut self, id: u32) {
        let full = self.queued >= self.settings.max_queued;
        let few = if full { 0 } else { self.settings.window / 4 };
        let origin = &mut self.origins[id as usize];
        let few = origin.queue.len() <= few;
        if origin.spilled() && few && origin.loading.is_none() {
            origin.loading = Some(origin.pushed);
            self.spill.wanted.push_back(id);
        }
    }

    /// The next reading that is wanted.
    pub(super) fn next_load(&mut self, now: Micros) -> Option<Next> {
        if let Some(id) = self.spill.wanted.pop_front() {
            let full = self.queued >= self.settings.max_queued;
            let window = self.settings.window.max(1);
            let origin = &mut self.origins[id as usize];
            origin.loading = Some(origin.pushed);
            return Some(Next::Load {
                origin: OriginId(id),
                lane: origin.lane,
                from: origin.taken,
                most: if full { 1 } else { window },
            });
        }
        if self.spill.searching {
            return None;
        }
        let most = self.settings.max_hosts.max(1);
        if self.spill.parked && self.spill.search.is_none() {
            // Begins anew when there is room for many, or nothing else to do.
            self.let_go_of_idle(now);
            let room = most.saturating_sub(self.origin_ids.len());
            if room > most / 8 || (room > 0 && self.queued + self.running == 0) {
                self.spill.parked = false;
                self.spill.search = Some(0);
            }
        }
        let from = self.spill.search?;
        let room = most.saturating_sub(self.origin_ids.len());
        if room == 0 {
            self.spill.parked = true;
            self.spill.search = None;
            return None;
        }
        self.spill.searching = true;
        Some(Next::Find {
            from,
            lanes: room.min(LANES),
            most: (self.settings.max_queued / self.settings.max_hosts.max(1))
                .clamp(1, self.settings.window.max(1)),
        })
    }

    /// Reports the answer to [`Next::Find`]: the lanes, and whether they are the last.
    pub fn found(&mut self, lanes: Vec<Lane>, last: bool, now: Micros) {
        self.spill.searching = false;
        let next = lanes.last().and_then(|lane| lane.lane.checked_add(1));
        self.spill.search = next.filter(|_| !last);
        for lane in lanes {
            let Some(url) = lane.waiting.first().map(|task| task.url.clone()) else {
                continue;
            };
            // What is here already is read by itself.
            if self.known_origin(&url).is_some() {
                continue;
            }
            if base_of(&url).is_some() && !self.make_room(now) {
                self.spill.parked = true;
                continue;
            }
            match self.new_origin(&url) {
                Some(id) => {
                    // It has just been put there, and is read herewith.
                    if self.spill.wanted.back() == Some(&id) {
                        self.spill.wanted.pop_back();
                    }
                    self.loaded(OriginId(id), lane, now);
                }
                None => self.dropped.extend(
                    lane.waiting
                        .into_iter()
                        .map(|task| (task, super::Failure::BadUrl)),
                ),
            }
        }
    }

    /// Reports the answer to [`Next::Load`].
    pub fn loaded(&mut self, origin: OriginId, lane: Lane, now: Micros) {
        let id = origin.0;
        let state = &mut self.origins[id as usize];
        let asked = state.loading.take().unwrap_or(state.pushed);
        state.unread = false;
        let was = state.spilled();
        let empty = lane.waiting.is_empty();
        state.more = lane.more;
        if empty && state.pushed == asked {
            // Everything that was pushed before the reading is done.
            state.taken = state.taken.max(state.pushed);
        }
        if let Some(note) = lane.note {
            self.recall(id, &note);
        }
        for task in lane.waiting {
            if task.seq >= self.origins[id as usize].taken {
                self.queue_up(id, task, now);
            }
        }
        let is = self.origins[id as usize].spilled();
        self.spill.lanes = self.spill.lanes + usize::from(is) - usize::from(was);
        self.want(id);
        self.rest(id);
        self.activate(id, now);
    }

    /// Puts an origin with nothing to do among those that may go.
    pub(super) fn rest(&mut self, id: u32) {
        let origin = &mut self.origins[id as usize];
        if !origin.idle && free(origin) && !self.guests.wait_for(id) {
            origin.idle = true;
            self.spill.idle.push_back(id);
        }
    }

    /// Sees to it that one more origin fits, by letting one go that has nothing to do and rested
    /// long enough. False where there is none.
    pub(super) fn make_room(&mut self, now: Micros) -> bool {
        let most = self.settings.max_hosts.max(1);
        if self.origin_ids.len() >= most {
            self.let_go_of_idle(now);
        }
        self.origin_ids.len() < most
    }

    fn let_go_of_idle(&mut self, now: Micros) {
        for _ in 0..self.spill.idle.len().min(AT_ONCE) {
            let Some(id) = self.spill.idle.pop_front() else {
                break;
            };
            let origin = &mut self.origins[id as usize];
            if !free(origin) || self.guests.wait_for(id) {
                origin.idle = false;
            } else if self.rested(id, now) {
                self.let_go(id);
            } else {
                self.spill.idle.push_back(id);
            }
        }
    }

    /// Neither the origin nor its domain nor its address owes anybody a pause.
    fn rested(&self, id: u32, now: Micros) -> bool {
        let origin = &self.origins[id as usize];
        let address = match origin.address {
            Address::Known(ip) => self.ips[ip as usize].next_at,
            Address::Unknown => 0,
        };
        let domain = self.domains[origin.domain as usize].next_at;
        origin.next_at.max(domain).max(address) <= now
    }

    fn let_go(&mut self, id: u32) {
        self.forget_rules(id);
        let origin = std::mem::take(&mut self.origins[id as usize]);
        self.origin_ids.remove(&*origin.base);
        self.spare.origins.push(id);
        self.troubled -= usize::from(origin.failures > 0);
        // A new one in its place may be known to the store.
        self.spill.remembers = true;
        let domain = &mut self.domains[origin.domain as usize];
        domain.origins -= 1;
        if domain.origins == 0 {
            if let Some((at, turn)) = domain.timer.take() {
                self.timers.remove(&(at, turn, origin.domain));
            }
            self.out_of_line(origin.domain);
            let gone = std::mem::take(&mut self.domains[origin.domain as usize]);
            self.domain_ids.remove(&*gone.name);
            self.spare.domains.push(origin.domain);
        }
        if let Address::Known(ip) = origin.address {
            let state = &mut self.ips[ip as usize];
            state.origins -= 1;
            if state.origins == 0 {
                if let Some(at) = state.timer.take() {
                    self.ip_timers.remove(&(at, ip));
                }
                if let Some(address) = std::mem::take(state).ip {
                    self.ip_ids.remove(&address);
                }
                self.spare.ips.push(ip);
            }
        }
    }
}

/// Nothing of it is under way, waits, or has still to be noted.
fn free(origin: &Origin) -> bool {
    origin.running == 0
        && !origin.busy
        && origin.queue.is_empty()
        && !origin.spilled()
        && origin.loading.is_none()
        && origin.place == Place::Idle
        && !origin.unnoted
        && !origin.base.is_empty()
}
