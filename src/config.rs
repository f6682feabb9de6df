//! Resolved, validated settings with named defaults.
