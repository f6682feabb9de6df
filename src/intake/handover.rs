//! How jobs go from one thread to the next. A channel wakes somebody for each of them, and at
//! thousands a second those wakings cost more than what they tell. Here whoever waits for room is
//! woken when there is room for many, and the committer when there is a group.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::Options;

/// Whoever was to take it is gone; this is given back.
#[derive(Debug)]
pub struct Gone;

/// Jobs that wait for a worker: bounded, from one entrance to any number of takers.
struct Jobs<T> {
    inner: Mutex<Waiting<T>>,
    /// There is a job, or there will be none.
    filled: Condvar,
    /// There is room again, or nobody takes any more: for threads and for tasks.
    drained: Condvar,
    room: Notify,
    capacity: usize,
}

struct Waiting<T> {
    jobs: VecDeque<T>,
    /// Takers that sleep, and senders that wait for room.
    asleep: usize,
    blocked: bool,
    takers: usize,
    /// No further job comes.
    closed: bool,
}

/// Where jobs go in. When it is dropped, the takers end with what waits.
pub struct Entrance<T>(Arc<Jobs<T>>);

/// One of those who take jobs. When the last of them is dropped, the entrance is shut.
pub struct Taker<T>(Arc<Jobs<T>>);

/// A queue of jobs with so many takers.
pub fn jobs<T>(capacity: usize, takers: usize) -> (Entrance<T>, Vec<Taker<T>>) {
    let jobs = Arc::new(Jobs {
        inner: Mutex::new(Waiting {
            jobs: VecDeque::new(),
            asleep: 0,
            blocked: false,
            takers,
            closed: false,
        }),
        filled: Condvar::new(),
        drained: Condvar::new(),
        room: Notify::new(),
        capacity: capacity.max(1),
    });
    let takers = (0..takers).map(|_| Taker(jobs.clone())).collect();
    (Entrance(jobs), takers)
}

impl<T> Entrance<T> {
    /// Hands a job in; waits for room.
    pub async fn send(&self, job: T) -> Result<(), Gone> {
        let mut job = Some(job);
        loop {
            let mut room = std::pin::pin!(self.0.room.notified());
            // From here on, so that no waking is missed.
            room.as_mut().enable();
            if self.0.put(&mut lock(&self.0.inner), &mut job)? {
                return Ok(());
            }
            room.await;
        }
    }

    /// The same from a thread that runs no async code.
    pub fn send_blocking(&self, job: T) -> Result<(), Gone> {
        let mut job = Some(job);
        let mut inner = lock(&self.0.inner);
        while !self.0.put(&mut inner, &mut job)? {
            inner = wait(&self.0.drained, inner);
        }
        Ok(())
    }
}

impl<T> Drop for Entrance<T> {
    fn drop(&mut self) {
        lock(&self.0.inner).closed = true;
        self.0.filled.notify_all();
    }
}

impl<T> Jobs<T> {
    /// Says whether there was room.
    fn put(&self, inner: &mut Waiting<T>, job: &mut Option<T>) -> Result<bool, Gone> {
        if inner.takers == 0 {
            return Err(Gone);
        }
        if inner.jobs.len() >= self.capacity {
            inner.blocked = true;
            return Ok(false);
        }
        inner.jobs.extend(job.take());
        if inner.asleep > 0 {
            // Counted off here: until it runs, others are not woken in its place.
            inner.asleep -= 1;
            self.filled.notify_one();
        }
        Ok(true)
    }

    fn wake_senders(&self, inner: &mut Waiting<T>) {
        inner.blocked = false;
        self.drained.notify_all();
        self.room.notify_waiters();
    }
}

impl<T> Taker<T> {
    /// The next job; `None` where there will be none.
    pub fn take(&self) -> Option<T> {
        let jobs = &self.0;
        let mut inner = lock(&jobs.inner);
        loop {
            if let Some(job) = inner.jobs.pop_front() {
                if inner.blocked && inner.jobs.len() <= jobs.capacity / 2 {
                    jobs.wake_senders(&mut inner);
                }
                return Some(job);
            }
            if inner.closed {
                return None;
            }
            inner.asleep += 1;
            inner = wait(&jobs.filled, inner);
        }
    }
}

impl<T> Drop for Taker<T> {
    fn drop(&mut self) {
        let mut inner = lock(&self.0.inner);
        inner.takers -= 1;
        if inner.takers == 0 {
            inner.jobs.clear();
            self.0.wake_senders(&mut inner);
        }
    }
}

/// Jobs that workers have done, until there is a group to commit. Workers wait where there is more
/// than that.
struct Done<T> {
    inner: Mutex<Gathering<T>>,
    /// There is a group, or there will be no more.
    ready: Condvar,
    room: Condvar,
    options: Options,
}

struct Gathering<T> {
    /// With their sizes in bytes.
    jobs: VecDeque<(T, usize)>,
    bytes: usize,
    /// Jobs handed to a worker that are not here yet.
    under_way: usize,
    /// The committer waits for the first job.
    idle: bool,
    workers: usize,
    committer_gone: bool,
}

/// Counts jobs in before they are with a worker.
pub struct Expected<T>(Arc<Done<T>>);

/// A worker's way in. When the last of them is dropped, the committer is told.
pub struct Sink<T>(Arc<Done<T>>);

/// The committer's end; without it workers are told that nothing is taken any more.
pub struct Groups<T>(Arc<Done<T>>);

/// A place for done jobs with so many workers.
pub fn done<T>(options: Options, workers: usize) -> (Expected<T>, Vec<Sink<T>>, Groups<T>) {
    let done = Arc::new(Done {
        inner: Mutex::new(Gathering {
            jobs: VecDeque::new(),
            bytes: 0,
            under_way: 0,
            idle: false,
            workers,
            committer_gone: false,
        }),
        ready: Condvar::new(),
        room: Condvar::new(),
        options,
    });
    let sinks = (0..workers).map(|_| Sink(done.clone())).collect();
    (Expected(done.clone()), sinks, Groups(done))
}

impl<T> Expected<T> {
    /// A job is handed in: a group that waits for more may wait for it.
    pub fn one(&self) {
        lock(&self.0.inner).under_way += 1;
    }
}

impl<T> Done<T> {
    fn is_full(&self, inner: &Gathering<T>) -> bool {
        inner.jobs.len() >= self.options.group.max(1) || inner.bytes >= self.options.group_bytes
    }

    /// How long a group that began so long ago is to wait for more.
    fn patience(&self, inner: &Gathering<T>, started: Instant) -> Option<Duration> {
        let Options {
            wait, wait_idle, ..
        } = self.options;
        let waited = started.elapsed();
        let limit = match inner.under_way == 0 {
            true => wait_idle.min(wait),
            false => wait,
        };
        let enough = self.is_full(inner) || inner.workers == 0 || waited >= limit;
        (!enough).then(|| limit - waited)
    }
}

impl<T> Sink<T> {
    /// Hands on what was [expected](Expected::one); waits for room.
    pub fn put(&self, job: T, bytes: usize) -> Result<(), Gone> {
        let done = &self.0;
        let mut inner = lock(&done.inner);
        while done.is_full(&inner) && !inner.committer_gone {
            inner = wait(&done.room, inner);
        }
        if inner.committer_gone {
            return Err(Gone);
        }
        inner.under_way = inner.under_way.saturating_sub(1);
        inner.jobs.push_back((job, bytes));
        inner.bytes += bytes;
        if inner.idle || inner.under_way == 0 || done.is_full(&inner) {
            inner.idle = false;
            done.ready.notify_one();
        }
        Ok(())
    }
}

impl<T> Drop for Sink<T> {
    fn drop(&mut self) {
        lock(&self.0.inner).workers -= 1;
        self.0.ready.notify_one();
    }
}

impl<T> Groups<T> {
    /// The next group; empty where there will be none.
    pub fn next(&self) -> Vec<T> {
        let done = &self.0;
        let mut inner = lock(&done.inner);
        while inner.jobs.is_empty() && inner.workers > 0 {
            inner.idle = true;
            inner = wait(&done.ready, inner);
        }
        inner.idle = false;
        let started = Instant::now();
        while let Some(patience) = done.patience(&inner, started) {
            let waited = done.ready.wait_timeout(inner, patience);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let (mut group, mut bytes) = (Vec::with_capacity(inner.jobs.len()), 0);
        while group.len() < done.options.group.max(1)
            && bytes < done.options.group_bytes
            && let Some((job, size)) = inner.jobs.pop_front()
        {
            group.push(job);
            bytes += size;
        }
        inner.bytes -= bytes;
        done.room.notify_all();
        group
    }
}

impl<T> Drop for Groups<T> {
    fn drop(&mut self) {
        let mut inner = lock(&self.0.inner);
        inner.committer_gone = true;
        inner.jobs.clear();
        self.0.room.notify_all();
    }
}

/// Nothing panics while a lock is held, so a poisoned one is still sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait<'a, T>(condition: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condition
        .wait(guard)
        .unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn options() -> Options {
        Options {
            group: 3,
            group_bytes: 100,
            wait: Duration::from_secs(60),
            wait_idle: Duration::from_millis(20),
            ..Options::default()
        }
    }

    #[test]
    fn every_job_is_taken_once_by_somebody() {
        let (entrance, takers) = jobs(4, 3);
        let take = |taker: Taker<u32>| {
            thread::spawn(move || std::iter::from_fn(|| taker.take()).collect::<Vec<_>>())
        };
        let takers: Vec<_> = takers.into_iter().map(take).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(async {
            for job in 0..5_000 {
                entrance.send(job).await.unwrap();
            }
        });
        for job in 5_000..10_000 {
            entrance.send_blocking(job).unwrap();
        }
        drop(entrance);
        let taken = takers.into_iter().flat_map(|t| t.join().unwrap());
        let mut taken: Vec<u32> = taken.collect();
        taken.sort_unstable();
        assert!(taken.into_iter().eq(0..10_000));
    }

    #[test]
    fn who_waits_for_room_is_told_that_nobody_takes() {
        let (entrance, takers) = jobs(1, 2);
        entrance.send_blocking(1).unwrap();
        let blocked = thread::spawn(move || entrance.send_blocking(2).is_err());
        thread::sleep(Duration::from_millis(20));
        drop(takers);
        assert!(blocked.join().unwrap());
    }

    #[test]
    fn a_group_is_full_or_has_waited_or_is_all_there_is() {
        let (expected, sinks, groups) = done(options(), 1);
        (0..9).for_each(|_| expected.one());
        let sink = sinks.into_iter().next().unwrap();
        let worker = thread::spawn(move || {
            // Two fill a group by their bytes, three by their number, and the last three wait
            // for nobody.
            for (job, bytes) in [60, 60, 1, 1, 1, 1, 1, 1].into_iter().enumerate() {
                sink.put(job, bytes).unwrap();
            }
            sink
        });
        assert_eq!(groups.next(), [0, 1]);
        assert_eq!(groups.next(), [2, 3, 4]);
        assert_eq!(groups.next(), [5, 6, 7]);
        let sink = worker.join().unwrap();
        let started = Instant::now();
        sink.put(8, 1).unwrap();
        assert_eq!(groups.next(), [8]);
        assert!(started.elapsed() < Duration::from_secs(10));
        drop(sink);
        assert!(groups.next().is_empty());
    }

    #[test]
    fn a_group_waits_for_what_is_under_way() {
        let options = Options {
            wait: Duration::from_millis(300),
            ..options()
        };
        let (expected, sinks, groups) = done(options, 2);
        expected.one();
        expected.one();
        sinks[0].put(1, 1).unwrap();
        let started = Instant::now();
        assert_eq!(groups.next(), [1]);
        assert!(started.elapsed() >= options.wait);
        drop(groups);
        assert!(sinks[1].put(2, 1).is_err());
    }
}
