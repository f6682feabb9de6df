//! Near-duplicates through the program: pages in, `query near` and `query page` out.

use serde_json::{Value, json};

use crate::support::Place;

/// A page that tells of `topic` in sentences of its own.
fn page(url: &str, topic: &str, tail: &str) -> String {
    let lines: Vec<String> = (0..40)
        .map(|i| format!("<p>第{i}条关于{topic}的说明与{topic}第{}号办法</p>", i * 7))
        .collect();
    let html = format!("<title>{topic}</title>{}<p>{tail}</p>", lines.concat());
    json!({ "url": url, "html": html }).to_string()
}

fn filled() -> Place {
    let place = Place::new();
    let pages = [
        page("http://a.test/1", "园林养护", "结束"),
        page("http://b.test/2", "园林养护", "再见"),
        page("http://c.test/3", "航天发射", "结束"),
    ];
    let run = place.run_with_input(&["ingest", "-"], &pages.join("\n"));
    assert_eq!(run.code, 0, "{}", run.err);
    place
}

fn json_lines(out: &str) -> Vec<Value> {
    let lines = out.lines();
    lines.map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn near_pages_are_found_by_address_and_by_code() {
    let place = filled();
    let run = place.run(&["query", "near", "http://a.test/1", "--json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let near = json_lines(&run.out);
    assert_eq!(near[0]["url"], "http://b.test/2", "{near:?}");
    assert!(near[0]["text"].as_u64().unwrap() <= 3, "{near:?}");
    let far = near.iter().find(|n| n["url"] == "http://c.test/3");
    assert!(
        far.is_none_or(|n| n["text"].as_u64().unwrap() > 8),
        "{near:?}"
    );

    let run = place.run(&["query", "page", "http://a.test/1", "--json"]);
    let page = &json_lines(&run.out)[0];
    let code = page["fingerprints"][0]["code"].as_str().unwrap();
    let run = place.run(&["query", "near", code, "--within", "0", "--json"]);
    assert_eq!(json_lines(&run.out)[0]["url"], "http://a.test/1");
    assert_eq!(json_lines(&run.out)[0]["text"], 0);

    let run = place.run(&["query", "near"]);
    assert_eq!(
        (run.code, run.out.lines().count() > 1),
        (0, true),
        "{}",
        run.out
    );
}

#[test]
fn a_wrong_question_is_refused_with_a_reason() {
    let place = filled();
    for args in [
        &["query", "near", "http://a.test/1", "--within", "9"][..],
        &["query", "page", "http://a.test/1", "--within", "3"],
        &["query", "near", "http://a.test/1", "--within", "many"],
    ] {
        let run = place.run(args);
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.err.contains("--within"), "{}", run.err);
    }
    let run = place.run(&["query", "near", "http://nowhere.test/"]);
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains("no page http://nowhere.test/"),
        "{}",
        run.err
    );
}
