//! The one error type of the library. Every variant names the input it is about and says what
//! to do; a bad page or line is never an `Error` but a value that is counted.

use std::path::{Path, PathBuf};

/// What went wrong, with which input.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {path}: {source}")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot write {path}: {source}")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    /// A file is there and readable, but is not what it should be.
    #[error("{path}: {problem}")]
    Input { path: PathBuf, problem: String },
    /// The command cannot be carried out as asked; the text names the input and the way out.
    #[error("{0}")]
    Usage(String),
    /// The operation failed for a reason that is no input's fault (network set-up, threads).
    #[error("{0}")]
    Failed(String),
    /// A run that ended because the disk is full: what could not be written.
    #[error("{0}")]
    NoRoom(String),
    #[error(
        "state {path} is in use by another partyline: wait for it to end, or choose another --state"
    )]
    Locked { path: PathBuf },
    #[error(
        "the store in {path} is damaged ({detail}): run `partyline rebuild --state {path}` to rebuild it from the archived pages"
    )]
    Damaged { path: PathBuf, detail: String },
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn read(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Error::Read {
            path: path.as_ref().to_owned(),
            source,
        }
    }

    pub fn write(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Error::Write {
            path: path.as_ref().to_owned(),
            source,
        }
    }

    pub fn input(path: impl AsRef<Path>, problem: impl Into<String>) -> Self {
        Error::Input {
            path: path.as_ref().to_owned(),
            problem: problem.into(),
        }
    }

    /// The exit code that the command-line contract gives this error.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Usage(_) => 2,
            Error::Locked { .. } | Error::Damaged { .. } => 4,
            // A full disk stops a run early; what was acknowledged is saved.
            _ if self.is_disk_full() => 3,
            _ => 1,
        }
    }

    /// There is no room to write, or less than is to stay free.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Error::NoRoom(_) => true,
            Error::Write { source, .. } => source.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }
}
