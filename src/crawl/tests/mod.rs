//! The crawler against servers that misbehave, on loopback.

mod exchange;
mod run;
mod server;
