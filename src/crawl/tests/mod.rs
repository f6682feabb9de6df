//! The crawler against servers that misbehave, on loopback.

mod exchange;
mod faults;
mod focus;
mod run;
mod server;
mod ssrf;
