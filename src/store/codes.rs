//! The codes of all pages, some tens of bytes each, in few and compact values.

use serde::{Deserialize, Serialize};

use super::{PageKey, Placed, Store, codec};
use crate::error::Result;
use crate::record::Record;

/// Rows in a value: one takes at most 63 bytes, a value at most 32 KB.
const CHUNK: usize = 480;
/// Rows in a batch when all are written anew.
const BATCH: usize = 128 * CHUNK;

/// What a question for near-duplicates needs of a page; the rest is in its [`Record`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Codes {
    pub page: PageKey,
    pub status: u16,
    /// Score of the hotline.
    pub hotline: f32,
    /// As in [`crate::fingerprint::Prints`]: 0 where there was too little to code.
    pub text: u64,
    pub skeleton_near: u64,
    pub dom: u64,
}

impl Codes {
    pub fn of(page: PageKey, record: &Record) -> Self {
        Codes {
            page,
            status: record.status,
            hotline: record.hotline.score,
            text: record.prints.text,
            skeleton_near: record.prints.skeleton_near,
            dom: record.prints.dom.unwrap_or(0),
        }
    }
}

/// Values for the pages of a commit.
pub(super) fn rows(pages: &[(PageKey, Placed)]) -> impl Iterator<Item = Vec<u8>> {
    pages.chunks(CHUNK).map(|some| {
        let codes = some.iter().map(|(key, page)| Codes::of(*key, &page.record));
        codec::encode(&codes.collect::<Vec<_>>())
    })
}

pub(super) fn key(commit: u64, chunk: u32) -> [u8; 13] {
    let mut out = [b'c'; 13];
    out[1..9].copy_from_slice(&commit.to_be_bytes());
    out[9..].copy_from_slice(&chunk.to_be_bytes());
    out
}

impl Store {
    /// The codes of all pages, in the order of their keys.
    pub fn codes(&self) -> Result<Vec<Codes>> {
        if let Some(codes) = self.kept_codes()? {
            return Ok(codes);
        }
        let mut codes = Vec::new();
        for row in self.scan(b"p") {
            let (key, value) = row?;
            let stored = codec::decode_page(&value).map_err(|e| self.damaged(e))?;
            if let Ok(key) = PageKey::try_from(&key[1..]) {
                codes.push(Codes::of(key, &stored.record));
            }
        }
        self.keep_codes(&codes)?;
        Ok(codes)
    }

    /// Says of each page whose codes are not those of its record what is wrong with them, in one
    /// sentence. A store from before there were rows of codes has none, which is right.
    pub fn check_codes(&self, amiss: &mut dyn FnMut(String)) -> Result<()> {
        let Some(kept) = self.rows_kept()? else {
            amiss("a row of codes is of another version or does not read back".into());
            return Ok(());
        };
        if kept.is_empty() {
            return Ok(());
        }
        let mut kept = kept.into_iter().peekable();
        let surplus = |codes: Codes| {
            let key: String = codes.page.iter().map(|b| format!("{b:02x}")).collect();
            format!("codes are kept of a page that is not stored, under the key {key}")
        };
        for row in self.scan(b"p") {
            let (key, value) = row?;
            let record = codec::decode_page(&value)
                .map_err(|e| self.damaged(e))?
                .record;
            let Ok(key) = PageKey::try_from(&key[1..]) else {
                continue;
            };
            while let Some(codes) = kept.next_if(|c| c.page < key) {
                amiss(surplus(codes));
            }
            match kept.next_if(|c| c.page == key) {
                None => amiss(format!("the codes of {} are missing", record.url)),
                Some(codes) if codes != Codes::of(key, &record) => {
                    amiss(format!(
                        "the codes of {} are not those of its record",
                        record.url
                    ));
                }
                Some(_) => {}
            }
        }
        kept.map(surplus).for_each(amiss);
        Ok(())
    }

    /// The rows, if they are there for every page.
    fn kept_codes(&self) -> Result<Option<Vec<Codes>>> {
        let kept = self.rows_kept()?;
        Ok(kept.filter(|rows| rows.len() as u64 == self.meta.pages))
    }

    /// The last row of each page that has one, in the order of their keys; `None` where a row is
    /// not known to this build, or was computed in another way.
    fn rows_kept(&self) -> Result<Option<Vec<Codes>>> {
        let mut rows: Vec<Codes> = Vec::new();
        for row in self.scan(b"c") {
            let (_, value) = row?;
            let Some(some) = codec::decode_codes(&value) else {
                return Ok(None);
            };
            rows.extend(some);
        }
        // Stable: of a page the last row stays last.
        rows.sort_by_key(|c| c.page);
        let mut last: Vec<Codes> = Vec::with_capacity(rows.len());
        for row in rows {
            match last.last_mut() {
                Some(same) if same.page == row.page => *same = row,
                _ => last.push(row),
            }
        }
        Ok(Some(last))
    }

    /// Writes all rows anew, before those of any commit. Rows are no part of a commit: where this
    /// is cut short, they are too few and are made again.
    fn keep_codes(&self, codes: &[Codes]) -> Result<()> {
        let mut stale = sled::Batch::default();
        for row in self.scan(b"c") {
            stale.remove(row?.0);
        }
        let db = self.db()?;
        db.apply_batch(stale).map_err(|e| self.unwritable(e))?;
        let mut chunks = (0..).zip(codes.chunks(CHUNK));
        loop {
            let mut batch = sled::Batch::default();
            let mut any = false;
            for (chunk, rows) in chunks.by_ref().take(BATCH / CHUNK) {
                batch.insert(&key(0, chunk), codec::encode(&rows));
                any = true;
            }
            if !any {
                break;
            }
            db.apply_batch(batch).map_err(|e| self.unwritable(e))?;
        }
        db.flush().map_err(|e| self.unwritable(e))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::archive::Location;
    use crate::graph::testing::hot;
    use crate::store::{Change, Meta, Stored};

    fn page(n: u32, text: u64) -> (PageKey, Stored) {
        let mut key = [0; 16];
        key[..4].copy_from_slice(&n.to_le_bytes());
        let mut record = hot("a.example", &n.to_string()).0;
        record.prints.text = text;
        record.prints.dom = Some(u64::MAX);
        record.prints.skeleton_near = u64::MAX;
        (
            key,
            Stored {
                location: Location {
                    file: 0,
                    offset: 0,
                    length: 1,
                },
                record,
            },
        )
    }

    fn store(dir: &Path) -> Store {
        Store::open(&dir.join("store"), dir, 8 << 20).unwrap()
    }

    fn commit(store: &mut Store, new: u64, pages: Vec<(PageKey, Stored)>) {
        let mut meta: Meta = store.meta();
        meta.commits += 1;
        meta.pages += new;
        store
            .commit(Change {
                pages: pages.into_iter().map(|(k, p)| (k, p.into())).collect(),
                meta,
                ..Change::default()
            })
            .unwrap();
    }

    /// Two commits, the second with a page of the first.
    fn filled(dir: &Path) -> (Store, Vec<Codes>) {
        let mut store = store(dir);
        let first: Vec<_> = (0..1100).map(|n| page(n, u64::MAX)).collect();
        let second = vec![page(1100, 5), page(7, 6)];
        let mut all = first.clone();
        all[7] = page(7, 6);
        all.push(page(1100, 5));
        all.sort_by_key(|(key, _)| *key);
        commit(&mut store, 1100, first);
        commit(&mut store, 1, second);
        let wanted = all.iter().map(|(key, p)| Codes::of(*key, &p.record));
        (store, wanted.collect())
    }

    fn rows_kept(store: &Store) -> usize {
        let rows = store.scan(b"c");
        rows.map(|row| {
            let value = row.unwrap().1;
            assert!(value.len() <= 32 << 10, "{}", value.len());
            codec::decode::<Vec<Codes>>(&value).map_or(0, |rows| rows.len())
        })
        .sum()
    }

    #[test]
    fn every_page_has_its_last_codes() {
        let dir = tempfile::tempdir().unwrap();
        let (filled, wanted) = filled(dir.path());
        assert_eq!(filled.codes().unwrap(), wanted);
        assert_eq!(rows_kept(&filled), 1102);
        drop(filled);
        assert_eq!(store(dir.path()).codes().unwrap(), wanted);
    }

    #[test]
    fn missing_rows_are_made_from_the_records() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, wanted) = filled(dir.path());
        // A store from before there were rows has none of its old pages, and then some of new ones.
        for chunk in 0..2 {
            store.db().unwrap().remove(key(1, chunk)).unwrap();
            assert_eq!(store.codes().unwrap(), wanted);
            assert_eq!(rows_kept(&store), 1101);
            assert!(store.db().unwrap().contains_key(key(0, 0)).unwrap());
            let rows: Vec<_> = store.scan(b"c").skip(1).collect();
            for row in rows {
                store.db().unwrap().remove(row.unwrap().0).unwrap();
            }
        }
        // Rows of a later version, and of one with other hashes.
        store.db().unwrap().insert(key(1, 0), &[1, 0]).unwrap();
        assert_eq!(store.codes().unwrap(), wanted);
        store.db().unwrap().insert(key(1, 0), &[9, 1, 2]).unwrap();
        assert_eq!(store.codes().unwrap(), wanted);
        // What is committed afterwards counts.
        commit(&mut store, 0, vec![page(3, 77)]);
        let codes = store.codes().unwrap();
        assert_eq!(codes.len(), wanted.len());
        assert_eq!(codes.iter().filter(|c| c.text == 77).count(), 1);
    }

    #[test]
    fn a_store_that_wrote_much_opens_again_and_holds_what_it_held() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, wanted) = filled(dir.path());
        store.written = crate::store::REOPEN_AFTER;
        commit(&mut store, 0, vec![page(3, u64::MAX)]);
        assert!(store.written < crate::store::REOPEN_AFTER);
        assert_eq!(store.codes().unwrap(), wanted);
        // Where it does not open, nothing is answered: least of all that it is empty.
        store.path = dir.path().join("file");
        std::fs::write(&store.path, "no store").unwrap();
        store.written = crate::store::REOPEN_AFTER;
        assert!(store.commit(Change::default()).is_err());
        assert!(store.get(&wanted[0].page).is_err() && store.codes().is_err());
        assert!(store.pages().next().unwrap().is_err());
    }

    fn amiss(store: &Store) -> Vec<String> {
        let mut all = Vec::new();
        store.check_codes(&mut |text| all.push(text)).unwrap();
        all
    }

    #[test]
    fn rows_that_are_not_those_of_the_records_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let (store, wanted) = filled(dir.path());
        assert_eq!(amiss(&store), Vec::<String>::new());
        let put = |rows: &[Codes]| {
            let value = codec::encode(&rows);
            store.db().unwrap().insert(key(9, 0), value).unwrap();
        };
        // One bit of one code.
        let mut changed = wanted[3];
        changed.text ^= 1;
        put(&[changed]);
        let told = amiss(&store);
        assert!(
            told.len() == 1 && told[0].contains("not those of its record"),
            "{told:?}"
        );
        // A page that is not there.
        changed.page = [0xff; 16];
        put(&[changed]);
        let told = amiss(&store);
        assert!(
            told.len() == 1 && told[0].contains("not stored"),
            "{told:?}"
        );
        // A row is lost: 480 pages, of which one has a later row.
        store.db().unwrap().remove(key(9, 0)).unwrap();
        store.db().unwrap().remove(key(1, 0)).unwrap();
        let told = amiss(&store);
        assert!(
            told.len() >= 479 && told.iter().all(|t| t.contains("missing")),
            "{told:?}"
        );
        store.db().unwrap().insert(key(1, 0), b"?").unwrap();
        assert!(amiss(&store)[0].contains("does not read back"));
    }

    #[test]
    fn check_tells_of_a_damaged_row_and_rebuild_mends_it() {
        use crate::state::{Bytes, Group, NewPage, State};
        let dir = tempfile::tempdir().unwrap();
        let lists = crate::lists::Lists::built_in();
        let mut state = State::open(dir.path(), 8 << 20).unwrap();
        let url = "http://a.example/1";
        let page = crate::page::Page {
            url: url.into(),
            canonical: crate::site::CanonicalUrl::parse(url).unwrap(),
            fetched_at: 7,
            status: 200,
            origin: crate::page::Origin::Jsonl,
            body: crate::page::Body::Text {
                title: None,
                text: "全国统一服务热线 400-800-1234".into(),
            },
            head: None,
            truncated: false,
            connection: Default::default(),
            variants: Vec::new(),
        };
        let group = Group {
            pages: vec![NewPage {
                key: page.canonical.key(),
                record: crate::pipeline::process(&page, &lists).record.into(),
                bytes: Bytes::Members(crate::archive::encode(&page)),
            }],
            ..Group::default()
        };
        state.commit(group).unwrap();
        let problems = |state: &State| crate::maintain::check(state, &lists).unwrap().problems;
        assert_eq!(problems(&state), Vec::<String>::new());
        drop(state);
        let damaged = store(dir.path());
        let mut codes = damaged.codes().unwrap();
        codes[0].skeleton_near ^= 1 << 40;
        damaged.keep_codes(&codes).unwrap();
        let commits = damaged.meta().commits;
        damaged.db().unwrap().remove(key(commits, 0)).unwrap();
        drop(damaged);
        let state = State::open(dir.path(), 8 << 20).unwrap();
        let told = problems(&state);
        assert!(
            told.len() == 1 && told[0].contains("codes of http://a.example/1"),
            "{told:?}"
        );
        drop(state);
        let lists = std::sync::Arc::new(crate::lists::Lists::built_in());
        crate::maintain::rebuild(dir.path(), 8 << 20, lists, &mut |_| true).unwrap();
        let state = State::open(dir.path(), 8 << 20).unwrap();
        assert_eq!(problems(&state), Vec::<String>::new());
    }
}
