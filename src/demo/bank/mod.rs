//! The words that the demo web is written with, all of them written for it.
//!
//! | words | where |
//! | --- | --- |
//! | brands (invented), product nouns, service words | [`names`] |
//! | places | [`places`] |
//! | promises, policies, questions | [`sentences`] |
//! | news articles | [`articles`] |

pub mod articles;
pub mod names;
pub mod places;
pub mod sentences;
