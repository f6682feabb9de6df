use super::*;
use crate::extract::document::parse_text;
use crate::extract::{brand, number, role};

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    title: Option<String>,
    text: String,
    hotline: bool,
    /// Judged neither right nor wrong: between the two bounds.
    #[serde(default)]
    known_failure: bool,
}

fn judged(title: Option<&str>, text: &str) -> Hotline {
    let mut document = parse_text(title, text);
    let numbers = number::collect(&mut document);
    let brands = brand::mine(&mut document);
    role::assign(&mut document);
    judge(&document, &numbers, &brands)
}

#[test]
fn hotline_pages_stand_apart_from_their_look_alikes() {
    let cases = include_str!("../../../tests/data/pages.jsonl");
    let (mut lowest, mut highest) = (1.0f32, 0.0f32);
    for line in cases.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let hotline = judged(case.title.as_deref(), &case.text);
        eprintln!("{:.3} {} {}", hotline.score, case.hotline, case.name);
        if (hotline.score >= 0.5) != case.hotline {
            eprintln!("  {:#?}", hotline.reasons);
        }
        if case.known_failure {
            assert!((0.2..0.75).contains(&hotline.score), "{}", case.name);
            continue;
        }
        if case.hotline {
            lowest = lowest.min(hotline.score);
        } else {
            highest = highest.max(hotline.score);
        }
    }
    eprintln!("lowest hotline {lowest}, highest other {highest}");
    assert!(lowest >= 0.75, "{lowest}");
    assert!(highest <= 0.2, "{highest}");
}

#[test]
fn the_real_pages_are_hotline_pages() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/seeds");
    let Ok(files) = std::fs::read_dir(dir) else {
        eprintln!("skipped: {dir} is absent");
        return;
    };
    for file in files.flatten() {
        let hotline = judged(None, &std::fs::read_to_string(file.path()).unwrap());
        assert!(hotline.score >= 0.9, "{hotline:?}");
        assert!(hotline.reasons.len() >= 4);
    }
}

#[test]
fn an_empty_page_sells_nothing() {
    assert!(judged(None, "").score < 0.01);
}

proptest::proptest! {
    #[test]
    fn any_page_is_judged(title in "\\PC{0,60}", text in "(\\PC{0,120}\n?){0,12}") {
        let hotline = judged(Some(&title), &text);
        proptest::prop_assert!((0.0..=1.0).contains(&hotline.score));
    }
}
