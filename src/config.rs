//! Resolved, validated settings with named defaults. Raw flags are in `cli`; from here on every
//! value is meant.

pub mod file;

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Result;
use crate::lists::Lists;

/// Memory that the store may use as a cache, in MiB.
pub const DEFAULT_CACHE_MIB: u64 = 48;
/// Default state directory.
pub const DEFAULT_STATE: &str = "state";

/// Settings that every command knows.
#[derive(Debug, Clone)]
pub struct Config {
    pub state: PathBuf,
    /// Store cache in bytes.
    pub cache: u64,
    /// JSON Lines on standard output in place of tables.
    pub json: bool,
    /// No progress, no warnings for single bad lines.
    pub quiet: bool,
    /// Progress bars are drawn: standard error is a terminal and `--quiet` is off.
    pub bars: bool,
    pub lists: Arc<Lists>,
}

impl Config {
    /// Resolves the global flags. Lists come from `--lists`, else from the state's own folder
    /// `lists` where it has one, else they are the built-in ones.
    pub fn resolve(
        state: PathBuf,
        cache_mib: u64,
        json: bool,
        quiet: bool,
        lists: Option<PathBuf>,
    ) -> Result<Self> {
        let own = state.join("lists");
        let lists = match lists.or_else(|| own.is_dir().then_some(own)) {
            Some(dir) => Lists::read(&dir)?,
            None => Lists::built_in(),
        };
        Ok(Config {
            state,
            cache: cache_mib.clamp(8, 64 << 10) << 20,
            json,
            quiet,
            bars: !quiet && std::io::IsTerminal::is_terminal(&std::io::stderr()),
            lists: Arc::new(lists),
        })
    }
}
