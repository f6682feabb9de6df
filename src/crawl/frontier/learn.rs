//! What acknowledged pages teach: which places are worth going on with, and which have shown all
//! that they have.
//!
//! | place | sign of it | what follows |
//! | --- | --- | --- |
//! | a *network* that is known well | the numbers of [`SATED`] pages of a domain in a row (or their template, where they show none) were on as many pages already as a network's budget | its other pages are not fetched |
//! | a *pool* of subdomains | [`SAMPLE`] hosts of a domain in a row looked alike and brought no number | its other hosts are not fetched |
//! | a host with a page for *any path* | a made-up path brings a page like its others | it has a budget of [`ANY_PATH_PAGES`]; so has a folder of which that is true |
//! | an *address* that used up its budget | – | what is left of its hosts is not fetched |

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::state::Address;
use super::{Frontier, focus, folders};
use crate::crawl::politeness::Micros;
use crate::crawl::progress::Failure;
use crate::fingerprint::simhash;
use crate::hashed;
use crate::record::Record;
use crate::store;

/// Pages in a row that showed nothing but a network known well.
const SATED: u8 = 3;
/// Hosts of a domain that are sampled.
const SAMPLE: u8 = 10;
/// Pages of a host before it is asked for a path that nobody links to.
pub(super) const PROBE_AFTER: u32 = 8;
/// Pages of a host, or of a folder, that answers any path.
pub(super) const ANY_PATH_PAGES: u32 = 100;
/// Bits in which the codes of pages that look alike may differ.
const ALIKE: u32 = 3;
/// Numbers and templates that are counted (about 8 MB); beyond it rare ones are forgotten.
const MAX_COUNTS: usize = 300_000;
/// Counts that are kept over a restart: the largest.
const KEPT: usize = 1_000;
/// Pages after which they are noted again.
const NOTE_EVERY: u32 = 512;
/// The lane under which they are noted; the hash of a text that no origin has.
pub(super) const COUNTS: u64 = 0x9d1c_6a07_55ee_13b2;

/// How a page looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub skeleton: u64,
    pub dom: u64,
}

impl Look {
    /// `None` for pages with too little on them, and for those that are no answer (errors).
    pub fn of(record: &Record) -> Option<Self> {
        let (prints, ok) = (&record.prints, (200..300).contains(&record.status));
        let look = Look {
            skeleton: prints.skeleton_near,
            dom: prints.dom.unwrap_or(0),
        };
        (ok && look.skeleton != 0 && look.dom != 0).then_some(look)
    }

    pub(super) fn alike(self, other: Look) -> bool {
        simhash::distance(self.skeleton, other.skeleton) <= ALIKE
            && simhash::distance(self.dom, other.dom) <= ALIKE
    }
}

/// What a page brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lesson {
    /// New numbers, sites, templates, and domains linked to, weighed.
    pub worth: f64,
    pub new_numbers: u32,
    pub look: Option<Look>,
    /// Hashes of what makes it part of a network: its numbers; of its template where a hotline
    /// page shows none; none of pages that are no hotlines.
    pub network: Vec<u64>,
}

/// Of a domain: the hosts sampled so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    look: Look,
    hosts: u8,
}

/// Pages by number or template, and by address.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pages: hashed::Map<u32>,
    since_noted: u32,
}

#[derive(Serialize, Deserialize)]
struct Kept(Vec<(u64, u32)>);

impl Counts {
    fn add(&mut self, of: u64) -> u32 {
        if self.pages.len() >= MAX_COUNTS && !self.pages.contains_key(&of) {
            // Half of all were seen once or twice.
            let mut all: Vec<u32> = self.pages.values().copied().collect();
            let (_, middle, _) = all.select_nth_unstable(MAX_COUNTS / 2);
            let rare = *middle;
            self.pages.retain(|_, count| *count > rare);
        }
        let count = self.pages.entry(of).or_default();
        *count = count.saturating_add(1);
        *count
    }

    /// The largest, to be noted, where enough happened.
    pub fn note(&mut self) -> Option<(u64, Vec<u8>)> {
        if self.since_noted < NOTE_EVERY {
            return None;
        }
        self.since_noted = 0;
        let several = self.pages.iter().filter(|(_, count)| **count > 8);
        let mut largest: Vec<(u64, u32)> = several.map(|(of, count)| (*of, *count)).collect();
        largest.sort_unstable_by_key(|(of, count)| (std::cmp::Reverse(*count), *of));
        largest.truncate(KEPT);
        Some((COUNTS, store::encode(&Kept(largest))))
    }
}

impl Frontier {
    /// Takes in what an earlier run noted under `COUNTS`.
    pub(super) fn recall_counts(&mut self, note: &[u8]) {
        if let Ok(Kept(counts)) = store::decode(note) {
            self.counts.pages.extend(counts.into_iter().take(KEPT));
        }
    }

    /// Reports what the page at this address brought, or that it brought nothing.
    pub fn learned(&mut self, url: &str, lesson: &Lesson) {
        let Some(id) = self.known_origin(url) else {
            return;
        };
        let origin = &mut self.origins[id as usize];
        origin.heard = origin.heard.saturating_add(1);
        let first = origin.heard == 1;
        origin.look = lesson.look.or(origin.look);
        if self.settings.probe
            && !origin.any_path
            && let Some(folder) = folders::of(url)
        {
            let folders = origin.folders.get_or_insert_default();
            folders.heard(folder, lesson.look);
        }
        let index = origin.domain;
        let domain = &mut self.domains[index as usize];
        self.focus
            .note(&mut domain.record, focus::grammar(url), lesson.worth);
        self.memory.count_lesson();
        if first && let Some(look) = lesson.look {
            domain.sample = match domain.sample {
                Some(sample) if sample.look.alike(look) && lesson.new_numbers == 0 => {
                    let hosts = sample.hosts.saturating_add(1);
                    Some(Sample { hosts, ..sample })
                }
                _ => Some(Sample { look, hosts: 1 }),
            };
        }
        let most = self.settings.network_budget;
        if most > 0 && !lesson.network.is_empty() {
            let mut known = true;
            for of in &lesson.network {
                known &= self.counts.add(*of) > most;
            }
            domain.sated = if known {
                domain.sated.saturating_add(1)
            } else {
                0
            };
            self.counts.since_noted += 1;
        }
        self.line_up_again(index);
    }

    /// Says why the host of an origin is done with, though URLs of it wait.
    pub(super) fn exhausted(&self, id: u32) -> Option<Failure> {
        let origin = &self.origins[id as usize];
        let domain = &self.domains[origin.domain as usize];
        if domain.sated >= SATED {
            return Some(Failure::KnownNetwork);
        }
        if origin.asked == 0 && domain.sample.is_some_and(|s| s.hosts >= SAMPLE) {
            return Some(Failure::Pool);
        }
        if origin.any_path && origin.asked >= ANY_PATH_PAGES {
            return Some(Failure::AnyPath);
        }
        let Address::Known(ip) = origin.address else {
            return None;
        };
        let ip = self.ips[ip as usize].ip?;
        let spent = self.counts.pages.get(&hash_of(ip)).copied().unwrap_or(0);
        (spent >= self.settings.ip_budget).then_some(Failure::AddressBudget)
    }

    /// A page is asked for.
    pub(super) fn count_page(&mut self, id: u32) {
        let origin = &mut self.origins[id as usize];
        origin.asked = origin.asked.saturating_add(1);
        let record = &mut self.domains[origin.domain as usize].record;
        record.asked = record.asked.saturating_add(1);
        if let Address::Known(ip) = origin.address
            && let Some(ip) = self.ips[ip as usize].ip
        {
            self.counts.add(hash_of(ip));
            self.counts.since_noted += 1;
        }
    }

    /// A path that nobody links to, where it is time to ask for one.
    pub(super) fn probe_of(&mut self, id: u32) -> Option<String> {
        let origin = &mut self.origins[id as usize];
        let due = self.settings.probe && !origin.probed && origin.heard >= PROBE_AFTER;
        let name = xxh3_64(origin.base.as_bytes());
        let url = |folder| format!("{}{folder}/no-such-page-{name:016x}.html", origin.base);
        if !due || origin.look.is_none() {
            let folder = origin.folders.as_mut()?.take_due()?;
            return (!origin.any_path).then(|| url(folder));
        }
        let url = url("");
        origin.probed = true;
        self.outdate(id);
        Some(url)
    }

    /// Reports the answer to [`super::Next::Probe`]: how the page looks, if one came.
    pub fn probed(&mut self, origin: super::OriginId, look: Option<Look>, now: Micros) {
        let id = origin.0;
        let state = &mut self.origins[id as usize];
        state.busy = false;
        let folders = state.folders.as_mut();
        if !folders.is_some_and(|folders| folders.probed(look)) {
            state.any_path = match (state.look, look) {
                (Some(own), Some(made_up)) => own.alike(made_up),
                _ => false,
            };
        }
        self.outdate(id);
        self.finish(id, std::time::Duration::ZERO, now);
    }

    /// Does the host answer any path with a page of the same kind? Then a path that no page links
    /// to says nothing.
    pub fn answers_any_path(&self, origin: super::OriginId) -> bool {
        self.origins[origin.0 as usize].any_path
    }
}

fn hash_of(ip: IpAddr) -> u64 {
    xxh3_64(format!("ip {ip}").as_bytes())
}
