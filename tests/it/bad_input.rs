//! Whatever is wrong: one clear line that names the input and what to do, and the contract's
//! exit code.

use crate::support::Place;

#[test]
fn seeds_that_are_none() {
    let place = Place::new();
    let line = place.run(&["crawl", "missing.txt"]).fails(1);
    assert!(line.contains("missing.txt"), "{line}");
    place.write("empty.txt", "# nothing\n\n");
    let line = place.run(&["crawl", "empty.txt"]).fails(1);
    assert!(line.contains("empty.txt"), "{line}");
}

#[test]
fn a_state_that_is_none() {
    let place = Place::new();
    let line = place.run(&["query", "network"]).fails(1);
    assert!(line.contains("state") && line.contains("ingest"), "{line}");
    assert!(!place.path("state").exists(), "asking makes no state");
    place.write("state", "a file");
    let line = place.run(&["stats"]).fails(1);
    assert!(line.contains("not a directory"), "{line}");
}

#[test]
fn a_state_in_use_is_not_answered_with_an_empty_store() {
    let place = Place::new();
    place.write("a.txt", "海浪智能锁售后电话:400-811-2233");
    place.run(&["ingest", "a.txt"]).ok();
    let lock = std::fs::File::create(place.path("state/lock")).unwrap();
    lock.lock().unwrap();
    let line = place.run(&["stats"]).fails(4);
    assert!(line.contains("in use"), "{line}");
    drop(lock);
    place.run(&["stats"]).ok();
}

#[test]
fn a_damaged_store_points_to_rebuild() {
    let place = Place::new();
    place.write("a.txt", "海浪智能锁售后电话:400-811-2233");
    place.run(&["ingest", "a.txt"]).ok();
    for damage in [
        "{",
        r#"{"version":99,"commits":1,"pages":1,"end":{"file":0,"length":1}}"#,
    ] {
        place.write("state/ledger.json", damage);
        let line = place.run(&["stats"]).fails(4);
        assert!(line.contains("rebuild"), "{line}");
    }
    place.run(&["rebuild"]).ok();
    assert_eq!(place.run(&["stats", "--json"]).json()[0]["pages"], 1);
}

#[test]
fn a_truncated_json_line_is_counted_and_the_rest_is_kept() {
    let place = Place::new();
    let pages = concat!(
        r#"{"url":"http://a.test/1","title":"t","text":"海浪智能锁 400-811-2233"}"#,
        "\n",
        r#"{"url":"http://a.test/2","title":"t","te"#,
        "\n",
        r#"{"url":"http://a.test/3","html":"<p>海浪</p>","unknown":1}"#,
        "\n"
    );
    place.write("pages.jsonl", pages);
    let run = place.run(&["ingest", "pages.jsonl", "--json"]);
    assert!(run.err.contains("pages.jsonl:2"), "{run:?}");
    let counts = &run.json()[0];
    assert_eq!((&counts["new"], &counts["skipped"]), (&2.into(), &1.into()));
}

#[test]
fn nothing_but_bad_input_is_no_success() {
    let place = Place::new();
    place.write("pages.jsonl", "no json\n{\"url\":7}\n");
    let run = place.run(&["ingest", "pages.jsonl"]);
    assert!(run.err.contains("pages.jsonl:2"), "{run:?}");
    assert!(run.err.contains("no page in any"), "{run:?}");
    assert_eq!(run.code, 1);
}

#[test]
fn formats_and_outputs_that_cannot_be() {
    let place = Place::new();
    place.write("a.txt", "海浪智能锁售后电话:400-811-2233");
    place.run(&["ingest", "a.txt"]).ok();
    let line = place.run(&["export", "--format", "pdf"]).fails(2);
    assert!(line.contains("pdf") && line.contains("gexf"), "{line}");
    let line = place
        .run(&["export", "--format", "json", "-o", "no/such/dir/x.json"])
        .fails(1);
    assert!(line.contains("no/such/dir"), "{line}");
    let line = place.run(&["query", "number", "12"]).fails(1);
    assert!(line.contains("12"), "{line}");
}

#[test]
fn wrong_usage_is_two() {
    let place = Place::new();
    let line = place
        .run(&[
            "crawl",
            "http://a.test/",
            "--proxy",
            "ftp://u:secret@b.test/",
        ])
        .fails(2);
    assert!(
        line.contains("socks5") && !line.contains("secret"),
        "{line}"
    );
    assert_eq!(place.run(&["crawl"]).code, 2);
    assert_eq!(place.run(&["query", "nonsense"]).code, 2);
    assert_eq!(place.run(&["frobnicate"]).code, 2);
}

#[test]
fn a_host_that_does_not_resolve_is_named() {
    let place = Place::new();
    let run = place.run(&["crawl", "http://no-such-host.invalid/", "--delay", "0"]);
    let line = run.fails(1);
    assert!(
        line.contains("no-such-host.invalid") && line.contains("resolve"),
        "{line}"
    );
}

#[test]
fn private_addresses_are_refused() {
    let place = Place::new();
    for url in [
        "http://127.0.0.1:9/",
        "http://[::1]/",
        "http://0x7f.1/",
        "http://169.254.169.254/",
    ] {
        let line = place.run(&["crawl", url, "--delay", "0"]).fails(1);
        assert!(line.contains("refused"), "{line}");
    }
}

#[test]
fn a_number_that_is_official_and_spam_is_an_error_that_names_both_lists() {
    let place = Place::new();
    place.write("a.txt", "海浪智能锁售后电话:400-811-2233");
    place.run(&["ingest", "a.txt"]).ok();
    place.write("lists/official-numbers.tsv", "# mine\n4008112233\t海浪\n");
    place.write("lists/spam-numbers.tsv", "400-811-2233\t某协会\n");
    let line = place.run(&["query", "number", "--lists", "lists"]).fails(1);
    for part in [
        "spam-numbers.tsv",
        "line 1",
        "official-numbers.tsv, line 2",
        "4008112233",
    ] {
        assert!(line.contains(part), "{line}");
    }
    place.write("lists/spam-numbers.tsv", "400-811-2233\n");
    let line = place.run(&["query", "number", "--lists", "lists"]).fails(1);
    assert!(
        line.contains("spam-numbers.tsv") && line.contains("line 1"),
        "{line}"
    );
}

#[test]
fn a_number_of_the_list_of_known_spam_is_called_so() {
    let place = Place::new();
    place.write(
        "a.txt",
        "海浪智能锁售后电话:400-811-2233 海浪智能锁维修热线:400-811-2233",
    );
    place.run(&["ingest", "a.txt"]).ok();
    let ask = ["query", "number", "400 811 2233", "--json"];
    assert_ne!(place.run(&ask).json()[0]["verdict"], "spam");
    // In the state's own folder of lists.
    place.write(
        "state/lists/spam-numbers.tsv",
        "400-811-2233\t某协会\thttps://a.example\n",
    );
    let line = &place.run(&ask).json()[0];
    assert_eq!(
        (line["verdict"].as_str(), line["score"].as_f64()),
        (Some("spam"), Some(1.0))
    );
    let why = line["why"][0].as_str().unwrap();
    assert!(
        why.contains("known spam") && why.contains("某协会"),
        "{why}"
    );
}
