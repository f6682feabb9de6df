//! The state directory through crashes and damage, as a program uses it.

use std::fs;
use std::io::Write;
use std::path::Path;

use partyline::archive;
use partyline::error::Error;
use partyline::lists::Lists;
use partyline::page::{Body, Origin, Page};
use partyline::pipeline;
use partyline::site::CanonicalUrl;
use partyline::state::{Admitted, Budgets, Bytes, Fate, Group, NewPage, State};
use partyline::store::Candidate;

const CACHE: u64 = 16 << 20;

fn page(url: &str, text: &str, fetched_at: i64) -> Page {
    Page {
        url: url.into(),
        canonical: CanonicalUrl::parse(url).unwrap(),
        fetched_at,
        status: 200,
        origin: Origin::Jsonl,
        body: Body::Text {
            title: None,
            text: text.into(),
        },
        head: None,
        truncated: false,
        connection: Default::default(),
        variants: Vec::new(),
    }
}

fn new_page(page: &Page) -> NewPage {
    let record = pipeline::process(page, &Lists::built_in()).record;
    let bytes = Bytes::Members(archive::encode(page));
    NewPage {
        key: page.canonical.key(),
        record: record.into(),
        bytes,
    }
}

fn commit(state: &mut State, pages: &[Page]) -> Vec<Fate> {
    let pages = pages.iter().map(new_page).collect();
    state
        .commit(Group {
            pages,
            ..Group::default()
        })
        .unwrap()
        .pages
}

fn urls(state: &State) -> Vec<String> {
    let mut urls: Vec<String> = state.pages().map(|p| p.unwrap().record.url).collect();
    urls.sort();
    urls
}

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut state = State::open(dir.path(), CACHE).unwrap();
    let a = page("http://a.test/1", "一", 10);
    assert_eq!(
        commit(&mut state, &[a.clone(), a.clone()]),
        [Fate::New, Fate::Known]
    );
    drop(state);
    let mut state = State::open_existing(dir.path(), CACHE).unwrap();
    assert_eq!(commit(&mut state, std::slice::from_ref(&a)), [Fate::Known]);
    let stored = state.get(&a.canonical).unwrap().unwrap();
    assert_eq!(state.read_page(&stored).unwrap(), a);
    assert_eq!(state.meta().pages, 1);
}

#[test]
fn the_later_capture_stays_whatever_order_they_came_in() {
    let (old, new) = (
        page("http://a.test/1", "旧", 10),
        page("http://a.test/1", "新", 20),
    );
    for order in [[&old, &new], [&new, &old]] {
        let dir = tempfile::tempdir().unwrap();
        let mut state = State::open(dir.path(), CACHE).unwrap();
        for page in order {
            commit(&mut state, std::slice::from_ref(page));
        }
        let kept = state.get(&new.canonical).unwrap().unwrap().record;
        assert_eq!(kept.fetched_at, 20);
        assert_eq!(
            commit(&mut state, &[old.clone(), new.clone()]),
            [Fate::Known, Fate::Known]
        );
        assert_eq!(state.meta().pages, 1);
    }
}

#[test]
fn an_unacknowledged_tail_of_the_archive_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let mut state = State::open(dir.path(), CACHE).unwrap();
    commit(&mut state, &[page("http://a.test/1", "一", 10)]);
    drop(state);
    let file = dir.path().join("archive").join(archive::file_name(0));
    let whole = fs::read(&file).unwrap();
    // A whole member and half a member of a run that was killed before its commit.
    let members = archive::encode(&page("http://a.test/2", "二", 11));
    let mut open = fs::OpenOptions::new().append(true).open(&file).unwrap();
    open.write_all(&members).unwrap();
    open.write_all(&members[..members.len() / 2]).unwrap();
    drop(open);
    let mut state = State::open(dir.path(), CACHE).unwrap();
    assert_eq!(fs::read(&file).unwrap(), whole);
    commit(&mut state, &[page("http://a.test/3", "三", 12)]);
    assert_eq!(urls(&state), ["http://a.test/1", "http://a.test/3"]);
    let report = partyline::maintain::check(&state, &Lists::built_in()).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_store_that_went_back_in_time_is_damage_and_not_an_answer() {
    let dir = tempfile::tempdir().unwrap();
    let backup = tempfile::tempdir().unwrap();
    let mut state = State::open(dir.path(), CACHE).unwrap();
    commit(&mut state, &[page("http://a.test/1", "一", 10)]);
    drop(state);
    copy(&dir.path().join("store"), backup.path());
    let mut state = State::open(dir.path(), CACHE).unwrap();
    commit(&mut state, &[page("http://a.test/2", "二", 11)]);
    drop(state);
    fs::remove_dir_all(dir.path().join("store")).unwrap();
    copy(backup.path(), &dir.path().join("store"));
    match State::open_existing(dir.path(), CACHE) {
        Err(Error::Damaged { .. }) => {}
        other => panic!("{:?}", other.map(|s| s.meta())),
    }
    let lists = std::sync::Arc::new(Lists::built_in());
    let rebuilt = partyline::maintain::rebuild(dir.path(), CACHE, lists, &mut |_| true).unwrap();
    assert_eq!(rebuilt.pages, 2);
    assert_eq!(
        urls(&State::open_existing(dir.path(), CACHE).unwrap()).len(),
        2
    );
}

#[test]
fn damage_anywhere_in_the_store_is_told_or_harmless() {
    let whole = tempfile::tempdir().unwrap();
    let mut state = State::open(whole.path(), CACHE).unwrap();
    for n in 0..20 {
        let pages: Vec<Page> = (0..10)
            .map(|i| page(&format!("http://a.test/{n}/{i}"), "文字", 10 + i))
            .collect();
        commit(&mut state, &pages);
    }
    drop(state);
    let db = fs::read(whole.path().join("store/db")).unwrap();
    type Damage = Box<dyn Fn(&mut Vec<u8>)>;
    let damages: [(&str, Damage); 4] = [
        (
            "the log's tail is cut",
            Box::new(|db| db.truncate(db.len() / 2)),
        ),
        ("the log is empty", Box::new(Vec::clear)),
        (
            "random bytes in the middle",
            Box::new(|db| {
                let middle = db.len() / 3;
                db[middle..middle + 512].fill(0xa5);
            }),
        ),
        ("zeros at the start", Box::new(|db| db[..4096].fill(0))),
    ];
    for (what, damage) in damages {
        for keep_snapshots in [true, false] {
            let dir = tempfile::tempdir().unwrap();
            copy(whole.path(), dir.path());
            let mut bytes = db.clone();
            damage(&mut bytes);
            fs::write(dir.path().join("store/db"), bytes).unwrap();
            if !keep_snapshots {
                for entry in fs::read_dir(dir.path().join("store")).unwrap() {
                    let path = entry.unwrap().path();
                    if path
                        .file_name()
                        .unwrap()
                        .to_string_lossy()
                        .starts_with("snap")
                    {
                        fs::remove_file(path).unwrap();
                    }
                }
            }
            // All rows, or an error that says so: never fewer rows.
            if let Ok(state) = State::open_existing(dir.path(), CACHE) {
                let pages: Result<Vec<_>, _> = state.pages().collect();
                let complete = pages.as_ref().is_ok_and(|p| p.len() == 200);
                assert!(
                    complete || pages.is_err(),
                    "{what}: rows are missing in silence"
                );
            }
            let lists = std::sync::Arc::new(Lists::built_in());
            let rebuilt =
                partyline::maintain::rebuild(dir.path(), CACHE, lists, &mut |_| true).unwrap();
            assert_eq!(rebuilt.pages, 200, "{what}");
        }
    }
}

/// A URL of a seed list.
fn candidate(url: &str) -> Candidate {
    Candidate {
        url: url.into(),
        canonical: CanonicalUrl::parse(url).unwrap(),
        depth: 0,
        redirects: 0,
    }
}

#[test]
fn urls_are_queued_once_and_done_for_good() {
    let dir = tempfile::tempdir().unwrap();
    let mut state = State::open(dir.path(), CACHE).unwrap();
    let lists = vec![
        vec![candidate("http://a.test/1"), candidate("http://a.test/2")],
        vec![
            candidate("https://a.test/1#x"),
            candidate("http://a.test/3"),
        ],
    ];
    let group = Group {
        candidates: lists,
        ..Group::default()
    };
    let admitted = state.commit(group).unwrap().admitted;
    assert_eq!([admitted[0].new.len(), admitted[1].new.len()], [2, 1]);
    let done = vec![admitted[0].new[0].clone()];
    state
        .commit(Group {
            done,
            ..Group::default()
        })
        .unwrap();
    drop(state);
    let mut state = State::open_existing(dir.path(), CACHE).unwrap();
    let pending: Vec<String> = state
        .pending()
        .unwrap()
        .into_iter()
        .map(|q| q.url)
        .collect();
    assert_eq!(pending, ["http://a.test/2", "http://a.test/3"]);
    assert_eq!(state.meta().queued, 2);
    let again = Group {
        candidates: vec![vec![candidate("http://a.test/1")]],
        ..Group::default()
    };
    assert_eq!(state.commit(again).unwrap().admitted, [Admitted::default()]);
}

#[test]
fn budgets_bound_hosts_and_domains_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let admit = |urls: &[&str]| {
        let mut state = State::open(dir.path(), CACHE).unwrap();
        state.set_budgets(Budgets { host: 3, domain: 5 });
        let candidates = urls.iter().map(|url| candidate(url));
        let group = Group {
            candidates: vec![candidates.collect()],
            ..Group::default()
        };
        let admitted = state.commit(group).unwrap().admitted.remove(0);
        (admitted.new.len(), admitted.over_budget)
    };
    let of = |host: &str| -> Vec<String> { (0..4).map(|i| format!("http://{host}/{i}")).collect() };
    let texts = |urls: &[String]| admit(&urls.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(texts(&of("a.test.cn")[..2]), (2, 0));
    assert_eq!(texts(&of("a.test.cn")), (1, 1), "three of a host");
    assert_eq!(texts(&of("b.test.cn")), (2, 2), "five of a domain");
    assert_eq!(texts(&of("c.test.cn")), (0, 4));
    assert_eq!(texts(&of("other.cn:8080")), (3, 1));
    assert_eq!(texts(&of("10.0.0.1")), (3, 1));
    assert_eq!(texts(&of("10.0.0.2")), (3, 1), "addresses have no domain");
}

#[test]
fn a_rebuild_that_is_stopped_changes_nothing_and_a_whole_one_keeps_the_queue() {
    let dir = tempfile::tempdir().unwrap();
    let mut state = State::open(dir.path(), CACHE).unwrap();
    commit(&mut state, &[page("http://a.test/1", "一", 10)]);
    let candidates = (0..25_000).map(|n| candidate(&format!("http://h{}.cn/{n}", n % 50)));
    let group = Group {
        candidates: vec![candidates.collect()],
        notes: vec![(7, b"note".to_vec())],
        ..Group::default()
    };
    state.commit(group).unwrap();
    let pending = state.pending().unwrap();
    drop(state);
    let names = || -> Vec<_> {
        let mut names: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    let before = (names(), fs::read(dir.path().join("ledger.json")).unwrap());
    // At the first page, and in the middle of the queue.
    for steps in [0, 3] {
        let lists = std::sync::Arc::new(Lists::built_in());
        let mut left = steps;
        let mut progress = |_| {
            left -= 1;
            left >= 0
        };
        let rebuilt = partyline::maintain::rebuild(dir.path(), CACHE, lists, &mut progress);
        assert!(rebuilt.unwrap().stopped);
        let after = (names(), fs::read(dir.path().join("ledger.json")).unwrap());
        assert_eq!(after, before);
        let state = State::open_existing(dir.path(), CACHE).unwrap();
        assert_eq!(state.pending().unwrap(), pending);
    }
    let lists = std::sync::Arc::new(Lists::built_in());
    let rebuilt = partyline::maintain::rebuild(dir.path(), CACHE, lists, &mut |_| true).unwrap();
    assert_eq!((rebuilt.pages, rebuilt.queued), (1, 25_000));
    let mut state = State::open_existing(dir.path(), CACHE).unwrap();
    assert_eq!(state.pending().unwrap(), pending);
    let note = state.queue_reader().lane(7, 0, 0).unwrap().note;
    assert_eq!(note.as_deref(), Some(b"note".as_slice()));
    let again = pending[..9].iter().map(|queued| candidate(&queued.url));
    let group = Group {
        candidates: vec![again.collect()],
        ..Group::default()
    };
    assert_eq!(state.commit(group).unwrap().admitted, [Admitted::default()]);
}

/// Rows that a store is asked for from opening it until the first URLs are in hand.
fn rows_until_the_first(pages: u64) -> u64 {
    let dir = tempfile::tempdir().unwrap();
    let mut state = State::open(dir.path(), CACHE).unwrap();
    let record = new_page(&page("http://h.cn/", "words", 1)).record;
    for first in (0..pages + 50).step_by(1_000) {
        let urls = first..(first + 1_000).min(pages + 50);
        let candidates = urls.map(|n| candidate(&format!("http://h{}.cn/{n}", n % 50)));
        let group = Group {
            candidates: vec![candidates.collect()],
            ..Group::default()
        };
        let admitted = state.commit(group).unwrap().admitted;
        let done: Vec<_> = admitted.into_iter().flat_map(|list| list.new).collect();
        let stored = |url: &str| NewPage {
            key: CanonicalUrl::parse(url).unwrap().key(),
            record: record.clone(),
            bytes: Bytes::At(archive::Location {
                file: 0,
                offset: 0,
                length: 1,
            }),
        };
        let done = done.into_iter().filter(|task| task.seq < pages);
        let done: Vec<_> = done.collect();
        state
            .commit(Group {
                pages: done.iter().map(|task| stored(&task.url)).collect(),
                done,
                ..Group::default()
            })
            .unwrap();
    }
    drop(state);
    let state = State::open(dir.path(), CACHE).unwrap();
    assert_eq!(state.meta().pages, pages);
    let reader = state.queue_reader();
    assert_eq!(reader.lanes(0, 20, 4).unwrap().len(), 20);
    reader.rows_read()
}

#[test]
fn a_start_reads_no_more_when_more_is_done() {
    let (few, many) = (rows_until_the_first(50), rows_until_the_first(10_000));
    // The latest keys of URLs that were queued, 128 in a row; of these there are 2,048 at most.
    // As many with the URLs themselves, and as many that say that they are done.
    assert!(many <= few + 3 * (10_000 / 128 + 11), "{few}, then {many}");
    assert!(many < 600, "{many}");
}
