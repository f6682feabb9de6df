//! The fixtures written otherwise are read as they stand there: in traditional characters, and with
//! characters that nobody sees between all others.

use std::collections::HashMap;

use partyline::extract;
use partyline::extract::brand::read_title;
use partyline::extract::number::{self, find};
use partyline::page::{Body, Origin, Page};
use partyline::site::CanonicalUrl;

/// Pairs of a traditional character and its simplified form.
fn pairs() -> impl Iterator<Item = (char, char)> {
    let list = include_str!("../../src/extract/data/traditional.txt").lines();
    let pairs = list
        .filter(|l| !l.starts_with('#'))
        .flat_map(|l| l.split(' '));
    pairs.filter_map(|pair| {
        let mut chars = pair.chars();
        Some((chars.next()?, chars.next()?))
    })
}

fn converted(text: &str, forms: &HashMap<char, char>) -> String {
    text.chars().map(|c| *forms.get(&c).unwrap_or(&c)).collect()
}

/// Writes a text in traditional characters, the first where one form serves for several.
fn to_traditional() -> HashMap<char, char> {
    let mut forms = HashMap::new();
    for (from, to) in pairs() {
        forms.entry(to).or_insert(from);
    }
    forms
}

fn rows(file: &str) -> Vec<serde_json::Value> {
    let rows = file.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>()
        .expect("the fixtures are JSON lines")
}

fn facts(title: &str, text: &str) -> extract::Facts {
    read(Body::Text {
        title: Some(title.to_owned()),
        text: text.to_owned(),
    })
}

fn read(body: Body) -> extract::Facts {
    let url = "http://a.example/";
    extract::extract(&Page {
        url: url.into(),
        canonical: CanonicalUrl::parse(url).expect("a constant address"),
        fetched_at: 0,
        status: 200,
        origin: Origin::Crawl,
        body,
        head: None,
        truncated: false,
        connection: Default::default(),
        variants: Default::default(),
    })
}

#[test]
fn numbers_are_found_beside_traditional_characters() {
    let forms = to_traditional();
    for row in rows(include_str!("../data/phones.jsonl")) {
        let raw = row["raw"].as_str().expect("every row has a raw string");
        let numbers = |text: &str| -> Vec<String> {
            find(text).into_iter().map(|found| found.number).collect()
        };
        // In traditional characters it is Hong Kong's label of a telephone.
        if raw.starts_with("查询:") {
            continue;
        }
        let other = converted(raw, &forms);
        assert_eq!(numbers(&other), numbers(raw), "{other}");
    }
}

#[test]
fn brands_and_products_are_found_in_traditional_characters() {
    let (forms, back) = (to_traditional(), pairs().collect());
    for row in rows(include_str!("../data/titles.jsonl")) {
        let text = row["text"].as_str().expect("every row has a text");
        let other = converted(text, &forms);
        let (claim, expected) = (read_title(&other), read_title(text));
        let simple = |names: &[String]| -> Vec<String> {
            names.iter().map(|name| converted(name, &back)).collect()
        };
        assert_eq!(simple(&claim.brands), simple(&expected.brands), "{other}");
        assert_eq!(claim.categories, expected.categories, "{other}");
    }
}

#[test]
fn whole_pages_are_judged_alike() {
    let forms = to_traditional();
    for row in rows(include_str!("../data/pages.jsonl")) {
        let field = |name: &str| row[name].as_str().unwrap_or_default();
        let plain = facts(field("title"), field("text"));
        let other = facts(
            &converted(field("title"), &forms),
            &converted(field("text"), &forms),
        );
        let numbers = |facts: &extract::Facts| -> Vec<String> {
            facts.numbers.iter().map(|n| n.number.clone()).collect()
        };
        assert_eq!(numbers(&other), numbers(&plain), "{}", field("name"));
        assert_eq!(
            other.hotline.score,
            plain.hotline.score,
            "{}: {:?} against {:?}",
            field("name"),
            other.hotline,
            plain.hotline
        );
    }
}

#[test]
fn what_nobody_sees_hides_no_number_and_makes_none() {
    for row in rows(include_str!("../data/phones.jsonl")) {
        let raw = row["raw"].as_str().expect("every row has a raw string");
        let chars = raw.chars().map(String::from).collect::<Vec<_>>();
        let veiled = chars.join("\u{200b}");
        let (plain, other) = (find(raw), find(&veiled));
        let numbers = |found: &[number::Found]| -> Vec<String> {
            found.iter().map(|found| found.number.clone()).collect()
        };
        assert_eq!(numbers(&other), numbers(&plain), "{raw}");
        for (a, b) in plain.iter().zip(&other) {
            let form = veiled[b.range.clone()].replace('\u{200b}', "");
            let expected = raw[a.range.clone()].replace('\u{200b}', "");
            assert_eq!(form, expected, "{raw}");
        }
    }
}

#[test]
fn what_nobody_sees_hides_no_brand() {
    for row in rows(include_str!("../data/titles.jsonl")) {
        let text = row["text"].as_str().expect("every row has a text");
        let chars = text.chars().map(String::from).collect::<Vec<_>>();
        let veiled = chars.join("\u{200b}\u{feff}");
        let plain = facts(text, text);
        let other = facts(&veiled, &veiled);
        assert_eq!(other.brands, plain.brands, "{text}");
        // Within numbers they stay, as part of how these are written.
        if !text.chars().any(char::is_numeric) {
            assert_eq!(other.document.title, plain.document.title);
        }
    }
}

#[test]
fn full_width_letters_and_digits_are_read_as_plain_ones() {
    let wide = |c: char| match c.is_ascii_alphanumeric() {
        true => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
        false => c,
    };
    for row in rows(include_str!("../data/titles.jsonl")) {
        let text = row["text"].as_str().expect("every row has a text");
        let other: String = text.chars().map(wide).collect();
        let (claim, expected) = (read_title(&other), read_title(text));
        // Names are reported as they stand there, but with plain dashes.
        let as_there = |brand: &String| {
            let wide: String = brand.chars().map(wide).collect();
            if other.contains(&wide) {
                wide
            } else {
                brand.clone()
            }
        };
        let brands: Vec<String> = expected.brands.iter().map(as_there).collect();
        assert_eq!(claim.brands, brands, "{other}");
        assert_eq!(claim.categories, expected.categories, "{other}");
    }
}

#[test]
fn pages_without_a_tag_are_read_as_text() {
    for row in rows(include_str!("../data/pages.jsonl")) {
        let text = row["text"].as_str().unwrap_or_default();
        let text = text.replace(['<', '&'], " ");
        let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
        let html = read(Body::Html {
            content_type: Some("text/html; charset=utf-8".into()),
            bytes: text.clone().into_bytes(),
        });
        let plain = read(Body::Text { title: None, text });
        assert_eq!(html.document.lines.len(), lines, "{}", row["name"]);
        assert_eq!(html.document, plain.document, "{}", row["name"]);
        assert_eq!(html.numbers, plain.numbers, "{}", row["name"]);
        assert_eq!(html.brands, plain.brands, "{}", row["name"]);
    }
}
