use super::*;
use xxhash_rust::xxh3::xxh3_128;

fn key(n: u64) -> PageKey {
    xxh3_128(&n.to_be_bytes()).to_be_bytes()
}

fn open(dir: &Path, listed: Vec<Listed>) -> Seen {
    Seen {
        limit: 1_000,
        ..Seen::open(dir.join("seen"), listed, HashSet::new()).unwrap()
    }
}

fn commit(seen: &mut Seen, listed: &mut Vec<Listed>) {
    seen.take_merged().unwrap();
    if let Some(compacted) = seen.compact_where_due().unwrap() {
        *listed = seen.listing(&compacted);
        seen.adopt(compacted);
    }
}

fn files(dir: &Path) -> usize {
    fs::read_dir(dir.join("seen")).unwrap().count()
}

#[test]
fn keys_go_to_few_files_and_are_found_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut seen = open(dir.path(), Vec::new());
    let mut listed = Vec::new();
    for n in 0..30_500 {
        seen.note(&[key(n)]);
        commit(&mut seen, &mut listed);
    }
    while seen.merging.is_some() {
        commit(&mut seen, &mut listed);
    }
    assert_eq!(files(dir.path()), listed.len());
    assert!(listed.len() <= 5, "{listed:?}");
    assert_eq!(seen.recent.len(), 500, "the rest is in files");
    for n in 0..30_500 {
        assert!(seen.contains(&key(n)).unwrap(), "{n}");
        assert!(!seen.contains(&key(n + 1_000_000)).unwrap());
    }
    let mut all = 0;
    let mut count = |_| {
        all += 1;
        Ok(())
    };
    seen.each(&mut count).unwrap();
    assert_eq!(all, 30_500);
    let again = open(dir.path(), listed);
    assert!(again.contains(&key(29_999)).unwrap() && !again.contains(&key(30_400)).unwrap());
}

#[test]
fn keys_of_somebodys_choice_are_found_too() {
    let dir = tempfile::tempdir().unwrap();
    let mut seen = open(dir.path(), Vec::new());
    let crowded = |n: u32| {
        let mut key = [7; KEY];
        key[12..].copy_from_slice(&n.to_be_bytes());
        key
    };
    let mut keys: Vec<PageKey> = (0..5_000).map(|n| crowded(2 * n)).collect();
    keys.extend([[0; KEY], [255; KEY]]);
    seen.note(&keys);
    let compacted = seen.compact_where_due().unwrap().unwrap();
    seen.adopt(compacted);
    assert!(keys.iter().all(|k| seen.contains(k).unwrap()));
    assert!((0..5_000).all(|n| !seen.contains(&crowded(2 * n + 1)).unwrap()));
}

#[test]
fn a_file_that_the_store_does_not_list_is_no_run() {
    let dir = tempfile::tempdir().unwrap();
    let mut seen = open(dir.path(), Vec::new());
    seen.note(&(0..1_000).map(key).collect::<Vec<_>>());
    let compacted = seen.compact_where_due().unwrap().unwrap();
    assert_eq!(files(dir.path()), 1);
    // Here the process is killed.
    drop((seen, compacted));
    let seen = open(dir.path(), Vec::new());
    assert!(!seen.contains(&key(1)).unwrap());
    assert_eq!(files(dir.path()), 0);
}

#[test]
fn a_file_that_is_missing_or_cut_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let listed = vec![Listed { name: 1, keys: 2 }];
    let open = || Seen::open(dir.path().join("seen"), listed.clone(), HashSet::new());
    assert!(open().is_err());
    fs::create_dir(dir.path().join("seen")).unwrap();
    fs::write(dir.path().join("seen/00000001.keys"), [0; 31]).unwrap();
    assert!(open().is_err());
}

#[test]
fn a_merge_that_was_not_listed_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut seen = open(dir.path(), Vec::new());
    let mut listed = Vec::new();
    for first in [0, 1_000] {
        seen.note(&(first..first + 1_000).map(key).collect::<Vec<_>>());
        commit(&mut seen, &mut listed);
    }
    assert_eq!(listed.len(), 2);
    while !seen.merging.as_ref().unwrap().is_finished() {
        std::thread::yield_now();
    }
    seen.take_merged().unwrap();
    assert_eq!(files(dir.path()), 3, "two runs and what they became");
    // Here the process is killed.
    drop(seen);
    let seen = open(dir.path(), listed);
    assert_eq!(files(dir.path()), 2);
    assert!((0..2_000).all(|n| seen.contains(&key(n)).unwrap()));
}

#[test]
fn keys_that_come_during_a_merge_stand_behind_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut seen = open(dir.path(), Vec::new());
    let mut listed = Vec::new();
    // The merge of the first two is taken over only when two further runs stand behind them.
    for first in [0, 1_000, 2_000, 3_000] {
        seen.note(&(first..first + 1_000).map(key).collect::<Vec<_>>());
        let compacted = seen.compact_where_due().unwrap().unwrap();
        listed = seen.listing(&compacted);
        seen.adopt(compacted);
    }
    assert_eq!(listed.len(), 4);
    while seen.merging.is_some() {
        commit(&mut seen, &mut listed);
    }
    assert_eq!(listed.iter().map(|run| run.keys).sum::<u64>(), 4_000);
    assert!(listed.len() < 4, "{listed:?}");
    assert!((0..4_000).all(|n| seen.contains(&key(n)).unwrap()));
    assert!((4_000..5_000).all(|n| !seen.contains(&key(n)).unwrap()));
}
