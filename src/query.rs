//! Answers to questions about the store.
