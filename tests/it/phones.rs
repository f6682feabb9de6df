//! Labelled strings written for the project (invented numbers and brands): every disguise and
//! every look-alike that the finder must tell apart. `tests/data/phones.jsonl`, one a line:
//! `raw`, `expect` (numbers in order) and `known_failure` for what is known not to be read;
//! a known failure that starts to succeed fails the test, so that the file stays true.

use partyline::extract::number::find;

#[test]
fn labelled_strings_are_read_as_labelled() {
    let mut faults = Vec::new();
    let (mut expected, mut found_right, mut found_all, mut rows) = (0, 0, 0, 0);
    for line in include_str!("../data/phones.jsonl").lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("the fixture is JSON lines");
        let raw = row["raw"].as_str().expect("every row has a raw string");
        let expect: Vec<&str> = row["expect"]
            .as_array()
            .expect("every row has a list of numbers")
            .iter()
            .filter_map(|n| n.as_str())
            .collect();
        let found = find(raw);
        let numbers: Vec<&str> = found.iter().map(|f| f.number.as_str()).collect();
        let known_failure = row["known_failure"].as_bool().unwrap_or(false);
        rows += 1;
        expected += expect.len();
        found_all += numbers.len();
        found_right += numbers.iter().filter(|n| expect.contains(n)).count();
        match (numbers == expect, known_failure) {
            (false, false) => {
                faults.push(format!("{raw}\n    want {expect:?}\n    got  {numbers:?}"))
            }
            (true, true) => faults.push(format!(
                "{raw}\n    is marked as a known failure, but succeeds"
            )),
            _ => {}
        }
    }
    println!("{rows} strings: {found_right} of {expected} numbers, {found_all} reported");
    assert!(rows >= 300, "the fixture lost its rows");
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
