use super::*;

fn numbers(text: &str) -> Vec<String> {
    find(text).into_iter().map(|f| f.number).collect()
}

#[test]
fn the_labelled_strings() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/data/phones-dev.jsonl"
    );
    let Ok(file) = std::fs::read_to_string(path) else {
        eprintln!("skipped: {path} is not here");
        return;
    };
    let (mut hits, mut misses, mut wrong, mut kinds) = (0, 0, 0, 0);
    for line in file.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let raw = row["raw"].as_str().unwrap();
        let found = find(raw);
        match row["canonical"].as_str() {
            Some(number) => match found.iter().find(|f| f.number == number) {
                Some(f) => {
                    hits += 1;
                    let kind = serde_json::to_value(f.kind).unwrap();
                    if kind != row["kind"] {
                        kinds += 1;
                        println!("kind {kind} for {}: {raw}", row["kind"]);
                    }
                }
                None => {
                    misses += 1;
                    println!("missed {number}: {raw} -> {found:?}");
                }
            },
            None => {
                if !found.is_empty() {
                    wrong += 1;
                    println!("wrong: {raw} -> {found:?}");
                }
            }
        }
    }
    println!("{hits} found, {misses} missed, {wrong} wrong, {kinds} of another kind");
    assert!(hits * 100 >= (hits + misses) * 99 && wrong * 100 <= hits && kinds == 0);
}
