//! A number planted in a page, in every disguise of the field, is found once and as itself.

use proptest::prelude::*;

use super::*;
use crate::extract::document::{Source, parse_html};

/// Characters of one digit string, each through `f`, the groups parted by `gap`.
fn grouped(digits: &str, cuts: &[usize], gap: &str, f: impl Fn(u32) -> String) -> String {
    let mut text = String::new();
    for (at, c) in digits.chars().enumerate() {
        if cuts.contains(&at) {
            text.push_str(gap);
        }
        text.push_str(&f(c.to_digit(10).unwrap()));
    }
    text
}

fn of(set: &'static str) -> impl Fn(u32) -> String {
    move |digit| set.chars().nth(digit as usize).unwrap().to_string()
}

/// Ways to write each digit.
fn written(digits: &str, cuts: &[usize], gap: &str, style: usize) -> String {
    let plain = |digit: u32| digit.to_string();
    match style {
        0 => grouped(digits, cuts, gap, plain),
        1 => grouped(digits, cuts, gap, of("０１２３４５６７８９")),
        2 => grouped(digits, cuts, gap, of("⓪①②③④⑤⑥⑦⑧⑨")),
        3 => grouped(digits, cuts, gap, of("零一二三四五六七八九")),
        4 => grouped(digits, cuts, gap, of("〇幺贰叁肆伍陆柒捌玖")),
        5 => grouped(digits, cuts, gap, |d| format!("{d}\u{200b}")),
        6 => grouped(digits, cuts, gap, |d| format!("&#{};", d + 48)),
        7 => grouped(digits, cuts, gap, |d| format!("<b>{d}</b>")),
        8 => grouped(digits, cuts, gap, |d| format!("{d}<!-- {d}{d}{d} -->")),
        9 => grouped(digits, cuts, gap, |d| {
            format!("<i></i>{d}<span>\u{feff}</span>")
        }),
        10 => grouped(digits, cuts, gap, |d| match d {
            0 => "O".to_owned(),
            1 => "l".to_owned(),
            other => other.to_string(),
        }),
        11 => grouped(digits, cuts, gap, of("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")),
        _ => grouped(digits, cuts, gap, |d| format!("&#x{:x};", d + 48)),
    }
}

/// A page around the number: in text, or where only a machine reads it.
fn page(before: &str, after: &str, form: &str, digits: &str, home: usize) -> String {
    let (front, back) = (front_of(digits), &digits[4..]);
    match home {
        0..=3 => format!("<p>{before}{form}{after}</p>"),
        // A title holds no elements.
        4 if form.contains('<') => format!("<h1>{before}{form}{after}</h1>"),
        4 => format!("<title>{before}{form}{after}</title><p>{before}</p>"),
        5 => format!("<p>{before}<a href='tel:{digits}'>点击咨询</a>{after}"),
        6 => format!("<p>{before}<script>document.write('{front}'+\"{back}\")</script>{after}"),
        7 => format!("<p>{before}<script>var a='{front}',b='{back}';f('电话'+a+b)</script>"),
        8 => format!("<p>{before}<img alt='{before}电话{digits}'>{after}"),
        9 => format!("<p>{before}<a onclick=\"call('{front}-'+'{back}')\">咨询</a>{after}"),
        10 => format!("<p>{before}<i data-tel='{digits}'></i>{after}"),
        11 => format!("<h2>{before}{form}转8{after}</h2>"),
        12 => format!("<p>{before}<a href='SMS:{digits}?body=1'>短信</a>{after}"),
        13 => format!("<meta name=Description content='{before}{digits}{after}'><p>{before}"),
        _ => format!("<p>{before}<a href='tel:%2B86{digits}'>点击咨询</a>{after}"),
    }
}

/// The part that a script holds in a string of its own.
fn front_of(digits: &str) -> &str {
    &digits[..4]
}

/// Words without numerals, units and look-alikes, which would rightly change the reading.
fn words(text: &str) -> String {
    let other = |c: &char| {
        matches!(glyph::classify(*c), glyph::Glyph::Other) && !"第年月日号元转轉".contains(*c)
    };
    text.chars().filter(other).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_number_in_any_disguise_is_found_once(
        before in "[阿-龟]{0,12}",
        label in prop::sample::select(vec!["热线：", "电话:", "拨打", "服务电话", "报修电话 "]),
        marker in prop::sample::select(vec!["", "", "(1)", "①", "【1】", "1、", "一、"]),
        after in "[阿-龟]{0,12}",
        toll in 1_000_000u32..10_000_000,
        kind in 0usize..3,
        grouping in 0usize..6,
        gap in prop::sample::select(vec!["-", "--", "—", "——", "－", " ", "  ", ".", "/", "_", "·", " - "]),
        style in 0usize..13,
        home in 0usize..15,
    ) {
        let (digits, groupings): (String, &[&[usize]]) = match kind {
            0 => (format!("400{toll:07}"), &[&[3, 6], &[3, 7], &[4, 7], &[4, 8], &[3], &[]]),
            1 => (format!("137{:08}", toll + 20_000_000), &[&[3, 7], &[3], &[], &[7], &[4, 8], &[5]]),
            _ => (format!("0755{:08}", toll + 20_000_000), &[&[4], &[4, 8]]),
        };
        let cuts = groupings[grouping % groupings.len()];
        // A marker in the style of the digits behind it could be one of them.
        let marker = match (marker, style) {
            ("①", 2) | ("一、", 3 | 4) => "",
            other => other.0,
        };
        let form = format!("{marker}{}", written(&digits, cuts, gap, style));
        let html = page(&format!("{}{label}", words(&before)), &format!("。{}", words(&after)), &form, &digits, home);
        let mut document = parse_html(&html, "http://www.xinrui-fix.test/");
        let facts = collect_from(&mut document, Source::Html(&html));
        let seen: Vec<_> = facts.iter().map(|f| (f.number.as_str(), f.count)).collect();
        prop_assert_eq!(seen, [(digits.as_str(), 1)], "{}", html);
        let at = facts[0].spots[0].offset.expect("every disguise here is written in the page") as usize;
        let first = facts[0].raw[0].chars().next();
        let there = &html[at..];
        prop_assert!(there.chars().next() == first || there.starts_with("&#"), "{at} {html}");
        let opening = match style { 7 => "<b>", 9 => "<i></i>", _ => "" };
        let expect = match home {
            0..=4 | 11 => html.find(&form).unwrap() + marker.len() + opening.len(),
            6 | 7 | 9 => html.find(front_of(&digits)).unwrap(),
            14 => html.find(&format!("86{digits}")).unwrap(),
            _ => html.find(&digits).unwrap(),
        };
        prop_assert_eq!(at, expect, "{}", html);
    }

    #[test]
    fn a_landline_without_its_zero_needs_a_label_of_the_telephone(
        label in prop::sample::select(vec!["电话：", "联系电话 ", "Tel:"]),
        other in prop::sample::select(vec!["编号：", "型号 ", "数量 ", ""]),
        local in 2_000_000u32..8_999_999,
        gap in prop::sample::select(vec!["-", " ", "－"]),
    ) {
        let written = format!("571{gap}8{local:07}");
        let found = find(&format!("{label}{written}"));
        prop_assert_eq!(found.len(), 1, "{}", written);
        prop_assert_eq!(&found[0].number, &format!("05718{local:07}"));
        prop_assert_eq!(find(&format!("{other}{written}")), []);
    }

    #[test]
    fn a_page_without_digits_has_no_number(text in "[阿-龟ぁ-んa-zA-Z ，。：\\-()<>/\"'=&;#!]{0,300}") {
        let clean: String = text
            .chars()
            .filter(|c| !matches!(glyph::classify(*c), glyph::Glyph::Digit(..)))
            .collect();
        prop_assert_eq!(collect(&mut parse_html(&clean, "http://www.xinrui-fix.test/")), []);
    }
}

#[derive(serde::Deserialize)]
struct Case {
    html: String,
    /// Numbers with the places in which each stands, in order of first occurrence.
    numbers: Vec<(String, Vec<Place>)>,
    #[serde(default)]
    known_failure: bool,
}

/// Pages written for the project: a number in a disguise, or what only looks like one.
#[test]
fn labelled_pages_hold_their_numbers() {
    let cases = include_str!("../../../tests/data/planted.jsonl").lines();
    let mut faults = Vec::new();
    for case in cases.map(|l| serde_json::from_str::<Case>(l).unwrap()) {
        let facts = collect(&mut parse_html(&case.html, "https://pages.test/"));
        let found = facts.into_iter().map(|f| (f.number, f.places));
        let found: Vec<_> = found.collect();
        if (found == case.numbers) == case.known_failure {
            faults.push(format!("{}: found {found:?}", case.html));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
