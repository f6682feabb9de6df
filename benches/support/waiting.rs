//! URLs that wait in a state, and a frontier that works them off.

use partyline::crawl::frontier::{Frontier, Next};
use partyline::crawl::politeness::Micros;
use partyline::site::CanonicalUrl;
use partyline::store::{Candidate, Reader};

/// A URL of a host, as a link three pages from a seed.
pub fn candidate(host: u64, page: u64) -> Candidate {
    let url = format!("http://h{host}.test/repair/page-{page}.html");
    Candidate {
        canonical: CanonicalUrl::parse(&url).expect("a URL"),
        url,
        depth: 3,
        redirects: 0,
    }
}

/// What the frontier wants next, after it was read to what it wanted to read before.
pub fn next(frontier: &mut Frontier, reader: &Reader, now: Micros) -> Next {
    loop {
        match frontier.next(now) {
            Next::Load {
                origin,
                lane,
                from,
                most,
            } => {
                let lane = reader.lane(lane, from, most).expect("the queue is read");
                frontier.loaded(origin, lane, now);
            }
            Next::Find { from, lanes, most } => {
                let found = reader.lanes(from, lanes, most).expect("the queue is read");
                let last = found.len() < lanes;
                frontier.found(found, last, now);
            }
            other => return other,
        }
    }
}
