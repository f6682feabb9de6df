//! Files for the programs that people already use: one file a format.
