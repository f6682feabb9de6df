//! Origins, domains and addresses come into memory.

use std::net::IpAddr;

use url::{Host, Url};

use super::state::{Domain, Ip, Origin};
use super::{Frontier, base_of};
use crate::crawl::politeness::{Micros, micros};
use crate::site::registrable_domain;
use crate::store::queue::lane_of;

impl Frontier {
    pub(super) fn known_origin(&self, url: &str) -> Option<u32> {
        self.origin_ids.get(base_of(url)?).copied()
    }

    /// Makes the origin of a URL.
    pub(super) fn new_origin(&mut self, url: &str) -> Option<u32> {
        let base = base_of(url)?;
        let parsed = Url::parse(url).ok()?;
        let host = parsed.host_str()?.trim_end_matches('.').to_owned();
        let name = match parsed.host()? {
            Host::Domain(_) => registrable_domain(&host),
            _ => &host,
        };
        let domain = self.domain_of(name);
        self.domains[domain as usize].origins += 1;
        let known = self.spill.remembers;
        let origin = Origin {
            lane: lane_of(base),
            base: base.into(),
            host: host.into(),
            domain,
            next_at: self.rest_at_start(),
            more: known,
            unread: known,
            ..Origin::default()
        };
        let id = self
            .spare
            .origins
            .pop()
            .unwrap_or(self.origins.len() as u32);
        match self.origins.get_mut(id as usize) {
            Some(place) => *place = origin,
            None => self.origins.push(origin),
        }
        self.origin_ids.insert(base.to_owned(), id);
        self.spill.met += 1;
        self.spill.lanes += usize::from(known);
        self.want(id);
        Some(id)
    }

    fn domain_of(&mut self, name: &str) -> u32 {
        if let Some(id) = self.domain_ids.get(name) {
            return *id;
        }
        let domain = Domain {
            name: name.into(),
            record: self.remembered(name),
            next_at: self.rest_at_start(),
            ..Domain::default()
        };
        let id = self
            .spare
            .domains
            .pop()
            .unwrap_or(self.domains.len() as u32);
        match self.domains.get_mut(id as usize) {
            Some(place) => *place = domain,
            None => self.domains.push(domain),
        }
        self.domain_ids.insert(name.to_owned(), id);
        id
    }

    pub(super) fn address_of(&mut self, ip: IpAddr) -> u32 {
        if let Some(id) = self.ip_ids.get(&ip) {
            return *id;
        }
        let state = Ip {
            ip: Some(ip),
            next_at: self.rest_at_start(),
            ..Ip::default()
        };
        let id = self.spare.ips.pop().unwrap_or(self.ips.len() as u32);
        match self.ips.get_mut(id as usize) {
            Some(place) => *place = state,
            None => self.ips.push(state),
        }
        self.ip_ids.insert(ip, id);
        id
    }

    /// Whom an earlier run may have asked just before its end rests first.
    fn rest_at_start(&self) -> Micros {
        if self.settings.resumed {
            micros(self.settings.politeness.delay)
        } else {
            0
        }
    }
}
