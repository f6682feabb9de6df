//! What acknowledgements tell: counts, what the frontier learns, and whether it is worth going on.

use tokio::time::Instant;
use xxhash_rust::xxh3::xxh3_64;

use crate::crawl::frontier::{Lesson, Look};
use crate::crawl::progress::{Failure, Found, HOTLINE, News, Progress, Stopped, Summary};
use crate::crawl::{Observer, Seen};
use crate::error::{Error, Result};
use crate::extract::number::Kind;
use crate::intake::Ack;
use crate::record::Record;
use crate::state::Fate;

use super::{Session, TICK};

/// What a page's news are worth to the frontier: a number, a site, a template, and a domain that
/// nothing was known of, up to so many of the first and last.
const NUMBER: f64 = 1.0;
const SITE: f64 = 1.0;
const TEMPLATE: f64 = 0.25;
const STRANGER: f64 = 0.5;
const MOST_NUMBERS: u32 = 3;
const MOST_STRANGERS: u32 = 4;

impl Session {
    pub(super) fn acknowledged(
        &mut self,
        ack: Option<Result<Ack>>,
        observer: Observer<'_>,
    ) -> Result<()> {
        let ack = ack.ok_or_else(|| Error::Failed("the intake stopped".into()))??;
        self.unacknowledged -= 1;
        let news = count(
            &ack,
            &mut self.summary,
            &mut self.found,
            &mut self.open,
            observer,
        );
        let now = self.now();
        let record = ack.page.map(|(record, _)| record);
        let lead = record.as_ref().is_some_and(|r| r.hotline.score >= HOTLINE);
        let mut strangers = 0;
        for task in ack.admitted.new {
            strangers += u32::from(self.frontier.push(task, lead, now));
        }
        if let (Some(record), Some(task)) = (record, ack.task) {
            let lesson = lesson(&record, news, strangers);
            self.frontier.learned(&task.url, &lesson);
            self.yielded.note(news);
            self.stop_where_yield_is_gone();
        }
        Ok(())
    }

    fn stop_where_yield_is_gone(&mut self) {
        if let (Some(least), Some(yielded)) = (self.stop_below, self.yielded.per_hundred())
            && yielded < least
            && self.stopped.is_none()
        {
            self.stop(Stopped::YieldGone);
        }
    }

    pub(super) fn tick(&mut self, observer: Observer<'_>) {
        let now = Instant::now();
        if now < self.next_tick {
            return;
        }
        self.next_tick = now + TICK;
        let elapsed = now - self.started;
        observer(Seen::Progress(&Progress {
            elapsed,
            pages: self.pages_sent,
            rate: self.rate.sample(elapsed, self.pages_sent),
            queued: self.open,
            running: self.tasks.len(),
            hosts: self.frontier.hosts(),
            troubled: self.frontier.troubled(),
            sites: self.found.sites(),
            numbers: self.found.numbers(),
            failed: self.summary.failed(),
            yielded: self.yielded.per_hundred(),
        }));
    }
}

fn lesson(record: &Record, news: News, strangers: u32) -> Lesson {
    let worth = NUMBER * f64::from(news.numbers.min(MOST_NUMBERS))
        + SITE * f64::from(news.sites)
        + TEMPLATE * f64::from(news.templates)
        + STRANGER * f64::from(strangers.min(MOST_STRANGERS));
    let mut network = Vec::new();
    if record.hotline.score >= HOTLINE {
        // Public short numbers stand on pages of every network.
        let own = record.numbers.iter().filter(|n| n.kind != Kind::Short);
        network.extend(own.map(|n| xxh3_64(n.number.as_bytes())));
        if network.is_empty() && record.prints.skeleton != 0 {
            network.push(record.prints.skeleton);
        }
    }
    Lesson {
        worth,
        new_numbers: news.numbers,
        look: Look::of(record),
        network,
    }
}

/// Sums up an acknowledged job; says what was new in it.
pub(super) fn count(
    ack: &Ack,
    summary: &mut Summary,
    found: &mut Found,
    open: &mut u64,
    observer: Observer<'_>,
) -> News {
    *open += ack.admitted.new.len() as u64;
    summary.over_budget += ack.admitted.over_budget;
    if ack.task.is_some() {
        *open = open.saturating_sub(1);
    }
    if let Some(url) = &ack.fault {
        tracing::error!(url, "the pipeline failed on this page");
        *summary.failures.entry(Failure::Fault).or_default() += 1;
    }
    let Some((record, fate)) = &ack.page else {
        return News::default();
    };
    tracing::debug!(url = record.url, "acknowledged");
    summary.pages += 1;
    summary.note_visits(record);
    summary.new += u64::from(*fate == Fate::New);
    summary.redirects += u64::from((300..400).contains(&record.status));
    let news = found.note(record);
    if *fate == Fate::New {
        observer(Seen::Page(record));
    }
    news
}
