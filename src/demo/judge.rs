//! Findings beside the truth.
