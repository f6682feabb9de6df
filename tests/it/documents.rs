//! README and ARCHITECTURE say what is so.

use std::fs;
use std::path::Path;

use crate::support::Place;

fn root(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Command lines that begin with `partyline`, in code blocks and tables.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        // Outside of code blocks a command stands between backticks.
        let parts = line.split(['`', '|', '#']).skip(usize::from(!fenced));
        for part in parts {
            let part = part.trim().trim_start_matches("$ ");
            if part.starts_with("partyline ")
                && part.split(' ').nth(1).is_some_and(|w| w.is_ascii())
            {
                found.push(part.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_command_and_flag_in_the_documents_exists() {
    let place = Place::new();
    let mut seen = 0;
    for name in [
        "README.md",
        "BENCHMARKS.md",
        "ARCHITECTURE.md",
        "state/README.md",
    ] {
        for command in commands(&root(name)) {
            let words: Vec<&str> = command.split_whitespace().collect();
            let help = place.run_bare(&[words[1], "--help"]);
            assert_eq!(help.code, 0, "{name}: {command}");
            for flag in words.iter().filter(|w| w.starts_with("--")) {
                let flag = flag.split('=').next().unwrap_or(flag);
                assert!(help.out.contains(flag), "{name}: {command}: no {flag}");
            }
            seen += 1;
        }
    }
    assert!(seen > 10, "the documents show commands");
}

#[test]
fn every_help_has_an_example() {
    let place = Place::new();
    let commands = [
        "crawl", "ingest", "extract", "query", "export", "demo", "stats", "check", "rebuild",
    ];
    for command in commands {
        let help = place.run_bare(&[command, "--help"]).ok();
        assert!(help.contains("Example"), "{command}");
        for flag in ["--state", "--json", "--quiet"] {
            assert!(help.contains(flag), "{command}: {flag}");
        }
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = root("Cargo.toml");
    let architecture = root("ARCHITECTURE.md");
    let table = architecture.split("## Dependencies").nth(1).unwrap();
    let mut section = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        }
        if section.ends_with("dependencies]")
            && let Some((name, _)) = line.split_once(" = ")
        {
            assert!(
                table.contains(name),
                "ARCHITECTURE.md gives no reason for {name}"
            );
        }
    }
}

#[test]
fn rooms_in_the_architecture_are_there() {
    let text = root("ARCHITECTURE.md");
    let base = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for path in text.split('`').filter(|p| p.starts_with("src/")) {
        assert!(
            base.join(path).exists(),
            "{path} is in ARCHITECTURE.md and nowhere else"
        );
        seen += 1;
    }
    assert!(seen > 15);
    for entry in fs::read_dir(base.join("src")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let named =
            text.contains(&format!("src/{name}")) || ["lib.rs", "main.rs"].contains(&name.as_str());
        assert!(named, "src/{name} is not in ARCHITECTURE.md");
    }
}
