//! A synthetic spam web with known truth, served on loopback.
