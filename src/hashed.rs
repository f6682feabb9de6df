//! Sets and maps whose keys are hashes already, of pages' own content: bounded in size where they
//! are used, so that chosen collisions cost little.

use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64_with_seed;

pub type Map<V> = std::collections::HashMap<u64, V, BuildHasherDefault<AsItIs>>;
pub type Set = std::collections::HashSet<u64, BuildHasherDefault<AsItIs>>;

/// Takes a 64-bit key for its own hash.
#[derive(Default)]
pub struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
