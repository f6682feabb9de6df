use super::*;
use crate::store::queue::lane_of;
use std::collections::BTreeSet;
use std::fs::OpenOptions;

fn queued(lane: u64, seq: u64) -> Queued {
    Queued {
        seq,
        lane,
        url: format!("http://h{lane}.cn/{seq}"),
        depth: 3,
        redirects: 0,
    }
}

/// The part of a store that the queue needs: rows, and a process that can be killed.
struct Rows {
    dir: tempfile::TempDir,
    db: sled::Db,
    waiting: Waiting,
}

impl Rows {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let db = sled::Config::new().temporary(true).open().unwrap();
        let waiting = Rows::open(&dir, &db);
        Rows { dir, db, waiting }
    }

    fn open(dir: &tempfile::TempDir, db: &sled::Db) -> Waiting {
        let listed = db.get(RUNS).unwrap();
        let listed = listed.map_or(Vec::new(), |bytes| codec::decode(&bytes).unwrap());
        let journal = db.scan_prefix(b"v").map(|row| {
            let (key, value) = row.unwrap();
            (crate::store::queue::number(&key[1..]), value)
        });
        let path = dir.path().join("queue");
        Waiting::open(path, 20_000, listed, journal.collect()).unwrap()
    }

    fn commit(&mut self, pending: Vec<Queued>, done: &[Queued]) {
        let mut batch = Batch::default();
        self.waiting.take_merged().unwrap();
        let staged = self.waiting.stage(pending, done, &mut batch).unwrap();
        self.db.apply_batch(batch.rows).unwrap();
        self.waiting.adopt(staged);
    }

    fn reopen(&mut self) {
        // As with the process that was killed, its thread is gone; what it wrote is not.
        self.waiting.rest();
        self.waiting = Rows::open(&self.dir, &self.db);
    }

    fn places(&self, from: Place) -> Vec<Place> {
        let mut merge = self.waiting.from(from).unwrap();
        let (mut places, mut row) = (Vec::new(), Vec::new());
        while let Some(place) = merge.next(&mut row).unwrap() {
            assert!(!row.is_empty(), "a mark without its URL");
            let row: Row = codec::decode(&row).unwrap();
            assert_eq!(row.url, queued(place.0, place.1).url);
            places.push(place);
        }
        places
    }

    /// Until nothing is merged any more and all of it counts.
    fn wait_for_merge(&mut self) {
        while let Some(merging) = &self.waiting.merging {
            while !merging.is_finished() {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            self.commit(Vec::new(), &[]);
        }
    }

    fn files(&self) -> usize {
        fs::read_dir(self.dir.path().join("queue")).map_or(0, Iterator::count)
    }
}

#[test]
fn what_waits_is_what_was_queued_and_is_not_done() {
    come_and_go(u64::MAX);
}

#[test]
fn so_it_is_while_large_files_are_merged_beside() {
    come_and_go(500);
}

/// Files with so many URLs are merged by the commit itself.
fn come_and_go(quick: u64) {
    let mut rows = Rows::new();
    rows.waiting.quick = quick;
    let mut expected = BTreeSet::new();
    let (mut seq, mut random) = (0, 0x9e37_79b9_7f4a_7c15_u64);
    let (mut most, mut merges) = (0, 0);
    for step in 0..400 {
        let mut roll = || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random
        };
        // More and more at first, then fewer and fewer.
        let (more, fewer) = if step < 200 { (80, 30) } else { (20, 75) };
        let pending = (0..roll() % more).map(|n| queued((seq + n) * 7919 % 40, seq + n));
        let pending: Vec<Queued> = pending.collect();
        seq += pending.len() as u64;
        let left: Vec<Place> = expected.iter().copied().collect();
        let done =
            (0..roll() % fewer).filter_map(|_| left.get(roll() as usize % left.len().max(1)));
        let done: BTreeSet<Place> = done.copied().collect();
        expected.extend(pending.iter().map(|q| (q.lane, q.seq)));
        expected.retain(|place| !done.contains(place));
        let done: Vec<Queued> = done.iter().map(|place| queued(place.0, place.1)).collect();
        rows.commit(pending, &done);
        if step % 50 == 7 {
            rows.reopen();
            rows.waiting.quick = quick;
        }
        if step % 10 == 0 {
            let all: Vec<Place> = expected.iter().copied().collect();
            assert_eq!(rows.places((0, 0)), all, "step {step}");
            let from = (roll() % 40, roll() % (seq + 1));
            let later: Vec<Place> = expected.range(from..).copied().collect();
            assert_eq!(rows.places(from), later);
        }
        if step % 20 == 3 {
            rows.wait_for_merge();
        }
        most = most.max(rows.files());
        let merging = usize::from(rows.waiting.merging.is_some());
        let extra = rows.files() - rows.waiting.runs.len();
        assert!(extra <= merging, "step {step}: {extra}");
        merges += merging;
    }
    assert_eq!(merges > 0, quick < u64::MAX);
    assert!((2..=8).contains(&most), "{most} files");
    let rest: Vec<Queued> = expected
        .iter()
        .map(|place| queued(place.0, place.1))
        .collect();
    rows.commit(Vec::new(), &rest);
    assert!(rows.places((0, 0)).is_empty());
}

#[test]
fn a_queue_that_was_worked_off_leaves_nothing() {
    let mut rows = Rows::new();
    for seq in 0..5_000 {
        rows.commit(vec![queued(seq % 3, seq)], &[]);
    }
    assert!(rows.files() > 0);
    for seq in 0..5_000 {
        rows.commit(Vec::new(), &[queued(seq % 3, seq)]);
    }
    for _ in 0..1_000 {
        rows.commit(vec![queued(1, 9_000)], &[queued(1, 9_000)]);
    }
    assert_eq!((rows.places((0, 0)).len(), rows.files()), (0, 0));
}

#[test]
fn a_run_that_the_store_does_not_list_is_none() {
    let mut rows = Rows::new();
    let mut seq = 0;
    while rows.waiting.cost < rows.waiting.limit {
        rows.commit(vec![queued(1, seq)], &[]);
        seq += 1;
    }
    let before = rows.places((0, 0));
    let mut batch = Batch::default();
    let staged = rows.waiting.stage(vec![queued(1, seq)], &[], &mut batch);
    // Here the process is killed: the file is there, and the batch was never written.
    drop((staged, batch));
    assert_eq!(rows.files(), 1);
    rows.reopen();
    assert_eq!((rows.files(), rows.places((0, 0))), (0, before));
}

#[test]
fn a_file_that_is_missing_cut_or_broken_is_damage() {
    let mut rows = Rows::new();
    for seq in 0..2_000 {
        rows.commit(vec![queued(seq % 5, seq)], &[]);
    }
    let listed: Vec<Listed> = rows.waiting.runs.iter().map(|run| run.listed).collect();
    let dir = rows.dir.path().join("queue");
    let open = || Waiting::open(dir.clone(), 20_000, listed.clone(), Vec::new());
    assert!(open().is_ok());
    let path = path_of(&dir, listed[0].name);
    let whole = fs::read(&path).unwrap();
    // A record that claims to be longer than its block is told when it is read.
    let mut broken = whole.clone();
    broken[16..20].fill(0xff);
    fs::write(&path, &broken).unwrap();
    let waiting = open().unwrap();
    assert!(waiting.from((0, 0)).is_err());
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(whole.len() as u64 - 1).unwrap();
    assert!(open().is_err());
    fs::remove_file(&path).unwrap();
    assert!(open().is_err());
}

#[test]
fn rows_of_the_journal_are_small() {
    let long = |seq: u64| Queued {
        url: format!("http://h.cn/{}", "x".repeat(2_000)),
        ..queued(lane_of("http://h.cn/"), seq)
    };
    let mut rows = Rows::new();
    rows.commit((0..200).map(long).collect(), &[]);
    let sizes = rows.db.scan_prefix(b"v").map(|row| row.unwrap().1.len());
    let largest = sizes.max();
    assert!(
        largest.is_some_and(|size| size <= CHUNK_BYTES),
        "{largest:?}"
    );
}
