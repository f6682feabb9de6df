//! The codes of all pages, some tens of bytes each, in few and compact values.

use serde::{Deserialize, Serialize};

use super::{PageKey, Store, Stored, codec};
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
pub(super) fn rows(pages: &[(PageKey, Stored)]) -> impl Iterator<Item = Vec<u8>> {
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
        for item in self.db.scan_prefix(b"p") {
            let (key, value) = item.map_err(|e| self.damaged(e))?;
            let stored: Stored = codec::decode(&value).map_err(|e| self.damaged(e))?;
            if let Ok(key) = PageKey::try_from(&key[1..]) {
                codes.push(Codes::of(key, &stored.record));
            }
        }
        self.keep_codes(&codes)?;
        Ok(codes)
    }

    /// The rows, if they are there for every page.
    fn kept_codes(&self) -> Result<Option<Vec<Codes>>> {
        let mut rows: Vec<Codes> = Vec::new();
        for item in self.db.scan_prefix(b"c") {
            let (_, value) = item.map_err(|e| self.damaged(e))?;
            // Rows that this build does not know are made anew.
            let Ok(some) = codec::decode::<Vec<Codes>>(&value) else {
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
        Ok((last.len() as u64 == self.meta.pages).then_some(last))
    }

    /// Writes all rows anew, before those of any commit. Rows are no part of a commit: where this
    /// is cut short, they are too few and are made again.
    fn keep_codes(&self, codes: &[Codes]) -> Result<()> {
        let mut stale = sled::Batch::default();
        for item in self.db.scan_prefix(b"c").keys() {
            stale.remove(item.map_err(|e| self.damaged(e))?);
        }
        self.db.apply_batch(stale).map_err(|e| self.unwritable(e))?;
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
            self.db.apply_batch(batch).map_err(|e| self.unwritable(e))?;
        }
        self.db.flush().map_err(|e| self.unwritable(e))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::archive::Location;
    use crate::graph::testing::hot;
    use crate::store::{Change, Meta};

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
                pages,
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
        let rows = store.db.scan_prefix(b"c").values();
        rows.map(|v| {
            let value = v.unwrap();
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
            store.db.remove(key(1, chunk)).unwrap();
            assert_eq!(store.codes().unwrap(), wanted);
            assert_eq!(rows_kept(&store), 1101);
            assert!(store.db.contains_key(key(0, 0)).unwrap());
            for key in store.db.scan_prefix(b"c").keys().skip(1) {
                store.db.remove(key.unwrap()).unwrap();
            }
        }
        // Rows of a later version.
        store.db.insert(key(1, 0), &[9, 1, 2]).unwrap();
        assert_eq!(store.codes().unwrap(), wanted);
        // What is committed afterwards counts.
        commit(&mut store, 0, vec![page(3, 77)]);
        let codes = store.codes().unwrap();
        assert_eq!(codes.len(), wanted.len());
        assert_eq!(codes.iter().filter(|c| c.text == 77).count(), 1);
    }
}
