//! One process at a time works on a state directory.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Held by the one process that works on a state directory.
pub struct Lock(#[allow(dead_code, reason = "the lock lives as long as the file is open")] File);

/// How long to wait for another process to let go.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

impl Lock {
    /// Takes the lock of a state directory; [`Error::Locked`] where another process keeps it.
    pub fn take(dir: &Path) -> Result<Self> {
        let path = dir.join("lock");
        let file = File::create(&path).map_err(|e| Error::write(&path, e))?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::WouldBlock) if started.elapsed() < LOCK_PATIENCE => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::Locked {
                        path: dir.to_owned(),
                    });
                }
                Err(TryLockError::Error(e)) => return Err(Error::write(&path, e)),
            }
        }
    }
}
