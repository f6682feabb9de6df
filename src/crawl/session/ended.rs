//! What becomes of a request that ended.

use tokio::task::JoinError;

use crate::crawl::fetch::Fetched;
use crate::crawl::frontier::{Answer, Entry, Lesson, OriginId, RobotsAnswer, Verdict};
use crate::crawl::outage::{Failed, Suspicion};
use crate::crawl::politeness::Micros;
use crate::crawl::progress::{Failure, MAX_FAILED_SEEDS, Stopped};
use crate::crawl::scope::MAX_REDIRECTS;
use crate::error::{Error, Result};
use crate::intake::Job;
use crate::store::Queued;
use crate::store::queue::origin_of;

use super::visits::Captured;
use super::{Event, Session};

impl Session {
    pub(super) async fn landed(&mut self, event: Result<Event, JoinError>) -> Result<()> {
        let event = event.map_err(|_| Error::Failed("a request ended with a panic".into()))?;
        let now = self.now();
        match event {
            Event::Resolved(origin, answer) => self.frontier.resolved(origin, answer, now),
            Event::Robots(visit, mut answer) => {
                if answered(&answer) {
                    self.network_works(visit.at).await?;
                }
                self.named(visit.of, &mut answer).await?;
                self.frontier.robots(visit, answer, now);
            }
            Event::Loaded(origin, lane) => self.frontier.loaded(origin, lane?, now),
            Event::Found(found) => {
                let (lanes, last) = found?;
                self.frontier.found(lanes, last, now);
            }
            Event::Tried(connected) => {
                let failed = self.outage.tried(connected);
                self.report(failed).await?;
            }
            Event::Probed(origin, look) => self.frontier.probed(origin, look, now),
            Event::Visit(origin, entry, answer) => self.visited(origin, entry, answer).await?,
            Event::Listed(origin, entry, candidates) => {
                self.listed(origin, entry, candidates).await?;
            }
            Event::Page(origin, entry, answer) => {
                self.pages_running -= 1;
                if brought_an_answer(&answer) {
                    self.network_works(origin).await?;
                }
                let (verdict, page) = self.judge(origin, entry, answer, now);
                match (verdict, page) {
                    (Verdict::Finished(task), Some(page)) => self.keep(page, task).await?,
                    (Verdict::Finished(task), None) => {
                        self.frontier.learned(&task.url, &Lesson::default());
                        self.fail(task, Failure::Redirect).await?;
                    }
                    (Verdict::Lost(task, why), _) => self.fail(task, why).await?,
                    (Verdict::Again, _) => {}
                }
            }
        }
        Ok(())
    }

    /// Reports the answer to the frontier. A finished URL without a page is a redirect that
    /// leads nowhere.
    fn judge(
        &mut self,
        origin: OriginId,
        mut entry: Entry,
        answer: Result<Fetched, Failure>,
        now: Micros,
    ) -> (Verdict, Option<Captured>) {
        let (answer, page) = match answer {
            Ok(Fetched::Page(page, exchange)) if self.visits.samples(&entry.task) => {
                return self.show_around(origin, entry, (page, exchange), now);
            }
            Ok(Fetched::Page(page, exchange)) => match page.truncated {
                true => (Answer::Cut, Some((page, exchange))),
                false => (Answer::Answered, Some((page, exchange))),
            },
            Ok(Fetched::Moved(url)) if entry.task.redirects < MAX_REDIRECTS => {
                entry.task.url = url;
                entry.task.redirects += 1;
                return (self.frontier.moved(origin, entry, now), None);
            }
            // A sitemap has an event of its own.
            Ok(Fetched::Moved(_) | Fetched::Sitemap(_)) => (Answer::Answered, None),
            Ok(Fetched::Refused(after)) => (Answer::Refused(after), None),
            Err(why) => (Answer::Failed(why), None),
        };
        let verdict = self.frontier.done(origin, entry, answer, now);
        if verdict == Verdict::Again {
            self.summary.retries += 1;
        }
        (verdict, page)
    }

    pub(super) async fn keep(
        &mut self,
        (page, mut exchange): Captured,
        task: Queued,
    ) -> Result<()> {
        self.pages_sent += 1;
        self.summary.bytes += page.body.len() as u64;
        self.summary.truncated += u64::from(page.truncated);
        exchange.depth = task.depth;
        self.send(Job::Fetched {
            page,
            task,
            exchange,
        })
        .await
    }

    /// The URL brought no page: reported at once, or as soon as it is clear that this is not the
    /// network's fault.
    pub(super) async fn fail(&mut self, task: Queued, why: Failure) -> Result<()> {
        let origin = origin_of(&task.url).unwrap_or_default().to_owned();
        match self.outage.withhold(&origin, task, why) {
            Some(failed) => self.report(vec![failed]).await,
            None => Ok(()),
        }
    }

    async fn report(&mut self, failed: Vec<Failed>) -> Result<()> {
        for (task, why) in failed {
            tracing::debug!(url = task.url, %why, "no page");
            *self.summary.failures.entry(why).or_default() += 1;
            let seeds = &mut self.summary.failed_seeds;
            if task.depth == 0 && seeds.len() < MAX_FAILED_SEEDS {
                seeds.push((task.url.clone(), why));
            }
            self.send(Job::Done { task }).await?;
        }
        Ok(())
    }

    pub(super) async fn network_works(&mut self, origin: OriginId) -> Result<()> {
        let failed = self.outage.answered(self.frontier.base(origin));
        self.report(failed).await
    }

    /// Asks whether it is the hosts that failed or the network. `idle`: the run has nothing else
    /// to do.
    pub(super) async fn suspect(&mut self, idle: bool) -> Result<()> {
        match self.outage.suspicion(idle) {
            Suspicion::None => {}
            Suspicion::Hosts => {
                let failed = self.outage.release();
                self.report(failed).await?;
            }
            Suspicion::Try(origins) => {
                let fetcher = self.fetcher.clone();
                self.tasks
                    .spawn(async move { Event::Tried(fetcher.connects(&origins).await) });
            }
            Suspicion::Network => self.stop(Stopped::NetworkDown),
        }
        Ok(())
    }
}

/// A server said something, whether or not it is of use. (A broken connection or a failed
/// handshake may be the work of something on the way.)
fn brought_an_answer(answer: &Result<Fetched, Failure>) -> bool {
    match answer {
        Ok(_) => true,
        Err(why) => said_by_a_server(*why),
    }
}

fn answered(answer: &RobotsAnswer) -> bool {
    match answer {
        RobotsAnswer::Rules(_) | RobotsAnswer::Moved(..) => true,
        RobotsAnswer::Unavailable(why, _) => said_by_a_server(*why),
    }
}

fn said_by_a_server(why: Failure) -> bool {
    matches!(
        why,
        Failure::Status(_) | Failure::NotAPage | Failure::Redirect
    )
}
