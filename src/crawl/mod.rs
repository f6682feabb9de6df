//! From a seed list to pages: frontier, politeness, robots, fetching, and the address guard.

pub mod fetch;
pub mod frontier;
pub mod guard;
pub mod politeness;
pub mod progress;
pub mod resolve;
pub mod robots;
pub mod scope;
pub mod seeds;
pub mod traps;
