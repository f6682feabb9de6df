//! The crawler against servers that misbehave, on loopback.

mod exchange;
mod faults;
mod focus;
mod polite;
mod profiles;
mod proxy;
mod run;
mod server;
mod sitemaps;
mod ssrf;
