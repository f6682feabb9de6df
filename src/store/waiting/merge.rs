//! Runs and what is in memory, read as one, without the pairs of a URL and its mark.

use std::collections::BTreeMap;
use std::collections::btree_map::Range;
use std::io;
use std::iter::Peekable;
use std::sync::Arc;

use super::Place;
use super::run::{Cursor, Run};

type Recent = BTreeMap<Place, Box<[u8]>>;

pub struct Merge<'w> {
    /// Few, since runs of like size are merged: the first of them is found by looking at all.
    cursors: Vec<Cursor<'w>>,
    recent: Option<&'w Recent>,
    memory: Option<Peekable<Range<'w, Place, Box<[u8]>>>>,
    /// Records that were looked at.
    pub read: u64,
}

impl<'w> Merge<'w> {
    pub fn new(runs: &'w [Arc<Run>], recent: Option<&'w Recent>, from: Place) -> io::Result<Self> {
        let cursors = runs.iter().map(|run| run.from(from));
        Ok(Merge {
            cursors: cursors.collect::<io::Result<_>>()?,
            recent,
            memory: recent.map(|recent| recent.range(from..).peekable()),
            read: 0,
        })
    }

    /// Goes on to the first record from this place on; never back.
    pub fn seek(&mut self, place: Place) -> io::Result<()> {
        for cursor in &mut self.cursors {
            cursor.seek(place)?;
        }
        self.memory = self.recent.map(|recent| recent.range(place..).peekable());
        Ok(())
    }

    /// The next record: its place, and its row in `row`, which is empty for a mark whose URL is
    /// not among what is merged.
    pub fn next(&mut self, row: &mut Vec<u8>) -> io::Result<Option<Place>> {
        loop {
            let memory = self.memory.as_mut().and_then(|m| Some(*m.peek()?.0));
            let places = self.cursors.iter().map(Cursor::place).chain([memory]);
            let Some(first) = places.flatten().min() else {
                return Ok(None);
            };
            let mut found = 0;
            for cursor in &mut self.cursors {
                if cursor.place() == Some(first) {
                    found += 1;
                    row.clear();
                    row.extend_from_slice(cursor.row());
                    cursor.advance()?;
                }
            }
            if memory == Some(first)
                && let Some((_, recent)) = self.memory.as_mut().and_then(Iterator::next)
            {
                found += 1;
                row.clear();
                row.extend_from_slice(recent);
            }
            self.read += found;
            // Two are a URL and its mark.
            if found == 1 {
                return Ok(Some(first));
            }
        }
    }
}
