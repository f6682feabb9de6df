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
