//! Opening sled, and batches for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::one_line;

/// Rows to be written, and how many bytes they are.
#[derive(Default)]
pub struct Batch {
    pub rows: sled::Batch,
    pub bytes: usize,
}

impl Batch {
    pub fn insert(&mut self, key: &[u8], value: Vec<u8>) {
        self.bytes += key.len() + value.len();
        self.rows.insert(key, value);
    }

    pub fn remove(&mut self, key: &[u8]) {
        self.bytes += key.len();
        self.rows.remove(key);
    }
}

/// Why it does not open.
pub enum Refused {
    Locked,
    Io(std::io::Error),
    Damaged(String),
}

/// Opens sled. Damaged logs make it panic as often as fail; both are damage.
pub fn open_sled(dir: &Path, cache: u64) -> std::result::Result<sled::Db, Refused> {
    let config = sled::Config::new()
        .path(dir)
        .cache_capacity(cache)
        .flush_every_ms(None);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
    std::panic::set_hook(hook);
    match opened {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(sled::Error::Io(e))) if e.to_string().contains("acquire lock") => {
            Err(Refused::Locked)
        }
        Ok(Err(sled::Error::Io(e))) => Err(Refused::Io(e)),
        Ok(Err(e)) => Err(Refused::Damaged(one_line(&e.to_string()))),
        Err(_) => Err(Refused::Damaged("its log does not read back".into())),
    }
}
