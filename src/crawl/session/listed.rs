//! Sitemaps: queued like pages, so that politeness, rules and budgets hold for them, too.

use crate::crawl::Sitemaps;
use crate::crawl::frontier::{Answer, Entry, OriginId, RobotsAnswer, Verdict};
use crate::error::Result;
use crate::intake::Job;
use crate::store::Candidate;

use super::Session;

impl Session {
    /// Queues the sitemaps that a robots.txt names, and takes them out of it.
    pub(super) async fn named(
        &mut self,
        origin: OriginId,
        answer: &mut RobotsAnswer,
    ) -> Result<()> {
        let RobotsAnswer::Rules(rules) = answer else {
            return Ok(());
        };
        let mut named = std::mem::take(&mut rules.sitemaps);
        match self.sitemaps {
            Sitemaps::Off => return Ok(()),
            Sitemaps::Guess if named.is_empty() => named.push("/sitemap.xml".into()),
            Sitemaps::Guess | Sitemaps::Named => {}
        }
        let candidates = self.scoped.named(self.frontier.base(origin), &named);
        match candidates.is_empty() {
            true => Ok(()),
            false => self.send(Job::Admit { candidates }).await,
        }
    }

    /// A queued URL was a sitemap: it is done together with what it lists.
    pub(super) async fn listed(
        &mut self,
        origin: OriginId,
        entry: Entry,
        candidates: Vec<Candidate>,
    ) -> Result<()> {
        self.pages_running -= 1;
        self.network_works(origin).await?;
        let now = self.now();
        if let Verdict::Finished(task) = self.frontier.done(origin, entry, Answer::Answered, now) {
            self.summary.sitemaps += 1;
            self.send(Job::Listed { task, candidates }).await?;
        }
        Ok(())
    }
}
