use super::*;
use crate::store::{Change, Meta};

fn waiting(seq: u64, url: &str) -> Queued {
    Queued {
        seq,
        lane: lane_of(url),
        url: url.into(),
        depth: 1,
        redirects: 0,
    }
}

fn commit(store: &mut Store, change: Change) {
    let meta = Meta {
        commits: store.meta().commits + 1,
        ..store.meta()
    };
    store.commit(Change { meta, ..change }).unwrap();
}

#[test]
fn lanes_are_read_in_parts() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(&dir.path().join("store"), dir.path(), 8 << 20).unwrap();
    let pending: Vec<_> = (0..30)
        .map(|i| waiting(i, &format!("http://h{}.cn/{i}", i % 3)))
        .collect();
    let notes = vec![(pending[0].lane, b"note".to_vec())];
    let change = Change {
        pending: pending.clone(),
        notes,
        admitted: vec![(7, 10)],
        ..Change::default()
    };
    commit(&mut store, change);
    let reader = store.reader();
    let part = reader.lane(pending[0].lane, 4, 2).unwrap();
    let seqs: Vec<u64> = part.waiting.iter().map(|q| q.seq).collect();
    assert_eq!((seqs, part.more), (vec![6, 9], true));
    assert_eq!(part.note.as_deref(), Some(b"note".as_slice()));
    assert!(!reader.lane(pending[0].lane, 4, 8).unwrap().more);
    let first = reader.lanes(0, 2, 1).unwrap();
    let rest = reader.lanes(first[1].lane + 1, 2, 99).unwrap();
    assert_eq!((first.len(), rest.len(), rest[0].waiting.len()), (2, 1, 10));
    assert_eq!(store.pending().unwrap(), pending);
    assert_eq!(store.admitted(7).unwrap(), 10);
    assert_eq!(store.admitted(8).unwrap(), 0);
    let change = Change {
        done: pending.clone(),
        ..Change::default()
    };
    commit(&mut store, change);
    assert!(reader.lanes(0, 9, 9).unwrap().is_empty());
}

#[test]
fn queues_of_earlier_versions_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store");
    let store = Store::open(&path, dir.path(), 8 << 20).unwrap();
    let old_rows = |seq: u64, batch: &mut sled::Batch| {
        let (url, depth, redirects) = (format!("http://h{}.cn/{seq}", seq % 7), 2, 1);
        if seq.is_multiple_of(2) {
            let old = OldRow {
                seq,
                url,
                depth,
                redirects,
            };
            return batch.insert(&numbered(b'q', seq), codec::encode(&old));
        }
        let mut key = vec![b'w'];
        key.extend(lane_of(&url).to_be_bytes());
        key.extend(seq.to_be_bytes());
        let row = Row {
            url,
            depth,
            redirects,
        };
        batch.insert(key, codec::encode(&row));
    };
    let mut batch = sled::Batch::default();
    (0..42_000).for_each(|seq| old_rows(seq, &mut batch));
    let seen = [3; 16];
    batch.insert(&super::super::keyed(b's', &seen), &[]);
    store.db().unwrap().apply_batch(batch).unwrap();
    drop(store);
    for _ in 0..2 {
        let store = Store::open(&path, dir.path(), 8 << 20).unwrap();
        assert!(store.knows(&seen).unwrap() && !store.knows(&[4; 16]).unwrap());
        let (mut queue, mut parts) = (Queue::default(), 0);
        let mut take = |part: Queue| {
            queue.seen.extend(part.seen);
            queue.pending.extend(part.pending);
            parts += 1;
            Ok(())
        };
        store.queue(&mut take).unwrap();
        assert_eq!((queue.seen, parts), (vec![seen], 5));
        let pending = store.pending().unwrap();
        assert_eq!((pending.len(), queue.pending.len()), (42_000, 42_000));
        let expected = Queued {
            depth: 2,
            redirects: 1,
            ..waiting(8, "http://h1.cn/8")
        };
        assert_eq!(pending[8], expected);
        assert!(pending.iter().zip(0..).all(|(q, seq)| q.seq == seq));
        for tag in [b"q", b"w"] {
            assert!(store.scan(tag).next().is_none());
        }
    }
}

#[test]
fn origins_are_read_off_the_text() {
    assert_eq!(origin_of("http://a.cn:81/x?y"), Some("http://a.cn:81"));
    assert_eq!(origin_of("https://[::1]/"), Some("https://[::1]"));
    assert_eq!(origin_of("ftp://a.cn/"), None);
    assert_eq!(origin_of("http:///x"), None);
}

#[test]
fn who_reads_while_the_store_opens_again_gets_an_answer() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(&dir.path().join("store"), dir.path(), 8 << 20).unwrap();
    let reader = store.reader();
    let lane = lane_of("http://h0.cn/");
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut answers = 0;
            while !done.load(Ordering::Relaxed) {
                reader.lane(lane, 0, 4).unwrap();
                reader.lanes(0, 4, 4).unwrap();
                answers += 1;
            }
            answers
        });
        for seq in 0..20 {
            store.written = crate::store::REOPEN_AFTER;
            let change = Change {
                pending: vec![waiting(seq, &format!("http://h0.cn/{seq}"))],
                ..Change::default()
            };
            commit(&mut store, change);
            assert!(
                store.written < crate::store::REOPEN_AFTER,
                "it was opened again"
            );
        }
        done.store(true, Ordering::Relaxed);
        assert!(asking.join().unwrap() > 0);
    });
    assert_eq!(reader.lane(lane, 0, 99).unwrap().waiting.len(), 20);
}
