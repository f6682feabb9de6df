//! The worker pool and the group commit: pages go in, become records on plain threads, and are
//! acknowledged once archive and store are durable.
//!
//! Order of durability in one group: archive members, fsync; one sled batch with records, "this
//! URL is done" and new links, flush; the ledger outside sled. Then, and only then, the acks.

use std::sync::Arc;

use crate::page::Page;
use crate::pipeline::Outcome;
use crate::record::Record;
use crate::store::{Candidate, Queued};

/// What goes in.
pub enum Job {
    /// A captured page. `task` is the queued URL that it answers, if any.
    Page {
        page: Box<Page>,
        task: Option<Queued>,
    },
    /// A queued URL that will not become a page (failure, robots, refused address).
    Done { task: Queued },
    /// URLs to queue, such as seeds.
    Admit { candidates: Vec<Candidate> },
}

/// What comes back, once durable; one for each job, in no fixed order.
pub struct Ack {
    pub task: Option<Queued>,
    /// For [`Job::Page`]: the record, and whether the page was new to the store.
    pub page: Option<(Box<Record>, bool)>,
    /// URLs that were new and are queued now.
    pub admitted: Vec<Queued>,
}

/// Picks the links of a processed page that are worth queueing (scope, traps, depth). Runs on
/// worker threads.
pub type Select = Arc<dyn Fn(&Page, &Outcome, &Queued) -> Vec<Candidate> + Send + Sync>;
