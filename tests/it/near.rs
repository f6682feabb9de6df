//! Near-duplicates through the program: pages in, `query near` and `query page` out.

use serde_json::{Value, json};

use crate::support::Place;

/// A page that sells a hotline in words of its own: what stands before and behind each number.
fn page(url: &str, [before, behind]: [&str; 2], tail: &str) -> String {
    let lines: Vec<String> = (10..30)
        .map(|i| format!("<p>{before}400-800-12{i}{behind}</p>"))
        .collect();
    let html = format!("<title>{before}</title>{}<p>{tail}</p>", lines.concat());
    json!({ "url": url, "html": html }).to_string()
}

const ONE: [&str; 2] = ["欣睿保险柜全国售后服务电话:(1)", "(点击咨询)"];
const OTHER: [&str; 2] = ["预约沐恒空调师傅上门请拨【", "】转人工坐席24H"];

fn filled() -> Place {
    let place = Place::new();
    let pages = [
        page("http://a.test/1", ONE, "结束"),
        page("http://b.test/2", ONE, "再见"),
        page("http://c.test/3", OTHER, "结束"),
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
