//! The bodies of the fuzz targets over their seeds, and over damaged copies of them.

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

#[test]
fn every_target_holds_on_its_seeds() {
    for (name, target) in targets::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/seeds")
            .join(name);
        let mut seeds: Vec<_> = std::fs::read_dir(&folder)
            .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        seeds.sort();
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            let bytes = std::fs::read(&seed).unwrap();
            println!("{name}: {}", seed.display());
            target(&bytes);
            for damaged in damaged(&bytes) {
                target(&damaged);
            }
        }
        target(&[]);
    }
}

/// Copies cut short, with a byte changed, and with a stretch repeated: the same each time.
fn damaged(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let mut copies = Vec::new();
    for _ in 0..16 {
        copies.push(bytes[..next(bytes.len())].to_vec());
        let mut changed = bytes.to_vec();
        for _ in 0..4 {
            let at = next(bytes.len());
            changed[at] = next(256) as u8;
        }
        copies.push(changed);
        let from = next(bytes.len());
        let to = from + next((bytes.len() - from).min(64));
        let mut repeated = bytes[..to].to_vec();
        for _ in 0..8 {
            repeated.extend_from_slice(&bytes[from..to]);
        }
        repeated.extend_from_slice(&bytes[to..]);
        copies.push(repeated);
    }
    copies
}
