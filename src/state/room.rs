//! A disk is left before it is full: other programs need some of it, and so does a store to open.

use std::io::{Error as IoError, ErrorKind};
use std::path::Path;

use crate::error::{Error, Result};

/// Bytes that stay free unless somebody says otherwise.
pub const MIN_FREE: u64 = 256 << 20;

/// Fails as a full disk does where fewer than `min_free` bytes are free. Where the system does
/// not tell, there is room.
pub fn check(dir: &Path, min_free: u64) -> Result<()> {
    match free(dir) {
        Some(free) if free < min_free => {
            let text = format!(
                "{} MiB are free, and {} MiB have to stay so: make room, then run the same command again",
                free >> 20,
                min_free >> 20
            );
            Err(Error::write(
                dir,
                IoError::new(ErrorKind::StorageFull, text),
            ))
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn free(dir: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}
