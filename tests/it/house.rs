//! The rules of the house that a compiler does not see.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    assert!(paths.len() > 30, "the sources are where this test looks");
    let read = |p: PathBuf| {
        let name = p
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        (name, fs::read_to_string(p).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// Code lines only: a crate may be named in prose.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|l| !l.trim_start().starts_with("//"))
}

#[test]
fn each_heavy_crate_has_one_room() {
    for (krate, room) in [
        ("sled", "store/"),
        ("reqwest", "crawl/fetch"),
        ("scraper", "extract/style/"),
        ("simhash", "fingerprint/simhash.rs"),
        ("hyper", "demo/server"),
        ("clap", ""),
    ] {
        let path = format!("{krate}::");
        for (name, text) in all() {
            let own_module =
                |l: &str| l.contains(&format!("::{path}")) && !l.contains(&format!(" ::{path}"));
            let named = code(&text).any(|l| {
                l.contains(&path)
                    && !own_module(l)
                    && !l.contains(&format!("_{path}"))
                    && (krate != "simhash"
                        || l.contains("::simhash::simhash")
                        || l.contains("::simhash::hamming"))
            });
            let allowed = match krate {
                "clap" => name == "cli.rs" || name == "main.rs",
                _ => name.starts_with(room),
            };
            assert!(
                !named || allowed,
                "{krate} is named in src/{name}; its room is src/{room}"
            );
        }
    }
}

#[test]
fn use_points_from_later_stages_to_earlier_ones() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let order: Vec<String> = lib
        .lines()
        .filter_map(|l| Some(l.strip_prefix("pub mod ")?.trim_end_matches(';').to_owned()))
        .collect();
    assert!(order.len() > 10, "lib.rs lists the modules");
    let rank = |module: &str| order.iter().position(|m| m == module);
    for (name, text) in all() {
        let own = name.split(['/', '.']).next().unwrap();
        let Some(own_rank) = rank(own) else { continue };
        for line in code(text.split("#[cfg(test)]").next().unwrap_or_default()) {
            let Some((_, rest)) = line.split_once("crate::") else {
                continue;
            };
            let used = rest
                .split([':', ';', '{', ' ', ','])
                .next()
                .unwrap_or_default();
            if let Some(used_rank) = rank(used) {
                assert!(
                    used_rank <= own_rank,
                    "src/{name} uses the later stage {used}: {line}"
                );
            }
        }
    }
}

#[test]
fn files_stay_readable() {
    for (name, text) in all() {
        let lines = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default()
            .lines()
            .count();
        assert!(
            lines <= 450,
            "src/{name} has {lines} lines: it is usually two things"
        );
    }
}
