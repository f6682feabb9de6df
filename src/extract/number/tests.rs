use super::*;
use crate::extract::document::{Attribute, Document};

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

fn document(lines: &[&str]) -> Document {
    crate::extract::document::parse_text(None, &lines.join("\n"))
}

pub(super) fn with_script(body: &str) -> Vec<NumberFact> {
    collect(&mut Document {
        scripts: vec![body.to_owned()],
        ..Document::default()
    })
}

fn with_attribute(name: &str, value: &str) -> Vec<NumberFact> {
    collect(&mut Document {
        attributes: vec![Attribute {
            name: name.into(),
            value: value.into(),
        }],
        ..Document::default()
    })
}

#[test]
fn the_three_real_pages() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/seeds");
    let Ok(entries) = std::fs::read_dir(dir) else {
        eprintln!("skipped: {dir} is not here");
        return;
    };
    let (mut pages, mut occurrences) = (0, 0);
    for entry in entries {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let facts = collect(&mut crate::extract::document::parse_text(None, &text));
        assert_eq!(facts.len(), 1, "{facts:?}");
        assert_eq!(facts[0].number, "4001865909");
        assert_eq!(facts[0].raw, ["400-1865-909"]);
        occurrences += facts[0].count;
        pages += 1;
    }
    assert_eq!((pages, occurrences), (3, 24));
}

#[test]
fn a_fact_holds_every_form_and_place() {
    let mut page = document(&[
        "云梯热线 400-765-1032转8",
        "(1)４００７６５１０３２(2)400-765-1032",
    ]);
    page.title = "云梯售后4007-651-032".into();
    page.attributes.push(Attribute {
        name: "tel".into(),
        value: "4007651032".into(),
    });
    let facts = collect(&mut page);
    assert_eq!(facts.len(), 1);
    let fact = &facts[0];
    assert_eq!((fact.count, fact.kind), (5, Kind::Shared400));
    assert_eq!(
        fact.raw,
        [
            "4007-651-032",
            "400-765-1032",
            "４００７６５１０３２",
            "4007651032"
        ]
    );
    assert_eq!(fact.places, [Place::Title, Place::Text, Place::Tel]);
    assert_eq!(fact.extensions, ["8"]);
    assert_eq!(fact.e164.as_deref(), Some("+864007651032"));
    assert_eq!(
        fact.spots[1],
        Spot {
            place: Place::Text,
            index: 0,
            offset: None
        }
    );
    assert_eq!(page.title_numbers.len(), 1);
    assert_eq!(page.lines[1].numbers.len(), 2);
    for line in &page.lines {
        for found in &line.numbers {
            assert!(line.text[found.range.clone()].chars().count() >= 10);
        }
    }
}

#[test]
fn surface_forms_are_exact() {
    for (text, raw) in [
        ("电话(0755)88664412。", "(0755)88664412"),
        ("电话：+86 139 2654 0187", "+86 139 2654 0187"),
        ("①400-765-1032", "400-765-1032"),
        ("拨4\u{200b}00-765-1032转8", "4\u{200b}00-765-1032"),
        ("&#52;00-765-1032", "&#52;00-765-1032"),
    ] {
        let found = find(text);
        assert_eq!(&text[found[0].range.clone()], raw);
    }
}

#[test]
fn extensions_stand_apart() {
    for (text, extension) in [
        ("400-765-1032转8", Some("8")),
        ("400-765-1032 转“802”", Some("802")),
        ("400-765-1032-16", Some("16")),
        ("028-61837722-1234", Some("1234")),
        ("4007651032转分机12", Some("12")),
        ("4007651032 ext. 7", Some("7")),
        ("4007651032转人工", None),
        ("400-765-1032-400-882-7719", None),
    ] {
        assert_eq!(find(text)[0].extension.as_deref(), extension, "{text}");
    }
}

#[test]
fn a_label_in_the_block_before_counts() {
    let mut page = document(&[
        "电话：",
        "62835501",
        "编号：",
        "4007651032",
        "热线",
        "95588",
    ]);
    let facts = collect(&mut page);
    let numbers: Vec<_> = facts.iter().map(|f| f.number.as_str()).collect();
    assert_eq!(numbers, ["62835501", "95588"]);
}

#[test]
fn scripts_are_put_together() {
    for body in [
        r#"document.write("400-"+"765"+"-1032");"#,
        r#"var a="400",b='765'; document.write("热线："+a+"-"+b+"-1032")"#,
        r#"var t = "4007"; t += "651"; t += "032"; show(t);"#,
        r#"document.write(String.fromCharCode(52,48,48,45,55,54,53,45,49,48,51,50))"#,
        r#"el.innerHTML = '<a href="tel:x">4<b>00</b>-<!-- x -->765-1032</a>';"#,
        r#"var p = ["400","765","1032"].join("-");"#,
        r#"var p = "400".concat("-765-1032");"#,
        r#"var s = "\u0034\u0030\u0030-\x37651032"; "#,
        r#"{"@type":"Organization","telephone":"+86-400-765-1032"}"#,
        "var tel = 4007651032;",
        "x = `400-765-1032`;",
        r#"// "400-111-2222 it's
           var hotline = '4007651032'; /* '400-333-4444' */"#,
        r#"document.write('<a href="tel:4007651032">咨询</a>')"#,
    ] {
        let facts = with_script(body);
        assert_eq!(facts.len(), 1, "{body}: {facts:?}");
        assert_eq!(facts[0].number, "4007651032", "{body}");
        assert_eq!(
            (facts[0].count, facts[0].places.as_slice()),
            (1, &[Place::Script][..]),
            "{body}"
        );
    }
    for body in [
        r#"var id = "13926540187";"#,
        r#"{"id": 13926540187, "itemId":"4007651032"}"#,
        "x = 400 + 765 + 1032;",
        "var t = 13926540187;",
        r#"_czc.push(["_setAccount", "1278400186"])"#,
        "setTimeout(f, 4007651032123)",
    ] {
        assert_eq!(with_script(body), [], "{body}");
    }
}

#[test]
fn attributes_need_evidence() {
    for (name, value, number) in [
        ("tel", "400-765-1032", "4007651032"),
        ("tel", "+8613926540187", "13926540187"),
        ("tel", "62835501", "62835501"),
        ("tel", "400-765-1032,8", "4007651032"),
        ("alt", "云梯锁具售后400-765-1032", "4007651032"),
        ("data-phone", "13926540187", "13926540187"),
        ("data-tel", "4007651032", "4007651032"),
        ("onclick", "call('400-765-1032')", "4007651032"),
        ("content", "云梯售后热线：4007651032", "4007651032"),
        ("value", "400-765-1032", "4007651032"),
    ] {
        let facts = with_attribute(name, value);
        assert_eq!(facts.len(), 1, "{name}={value}");
        assert_eq!(facts[0].number, number, "{name}={value}");
    }
    for (name, value) in [
        ("data-id", "4007651032"),
        ("data-item-id", "13926540187"),
        ("data-time", "13926540187"),
        ("value", "13926540187"),
        ("data-x", "95588"),
        ("content", "telephone=no"),
        ("tel", "nothing"),
    ] {
        assert_eq!(with_attribute(name, value), [], "{name}={value}");
    }
}

#[test]
fn keys_are_normalised() {
    for (key, number, kind) in [
        ("400-1865-909", "4001865909", Kind::Shared400),
        ("４００1865909", "4001865909", Kind::Shared400),
        ("tel:+86-755-88664412", "075588664412", Kind::Landline),
        ("tel:+8613926540187", "13926540187", Kind::Mobile),
        ("(0775)6226567", "07756226567", Kind::Landline),
        (" 95588 ", "95588", Kind::Short),
        ("62835501", "62835501", Kind::Landline),
        ("2837-4416", "28374416", Kind::Foreign),
        ("+852 2837 4416", "+85228374416", Kind::Foreign),
        ("0085228374416", "+85228374416", Kind::Foreign),
        ("＋852-2837-4416", "+85228374416", Kind::Foreign),
        ("(+852) 2837 4416", "+85228374416", Kind::Foreign),
        ("+1 315 223 4567", "+13152234567", Kind::Foreign),
        ("+13152234567", "+13152234567", Kind::Foreign),
        ("400%2D765%2D1032", "4007651032", Kind::Shared400),
    ] {
        assert_eq!(normalise(key), Some((number.to_owned(), kind)), "{key}");
    }
    for key in [
        "",
        "abc",
        "12",
        "2024-03-01 12:00",
        "400-1865-909 和 400-765-1032",
        "40018659090",
        "x".repeat(1000).as_str(),
    ] {
        assert_eq!(normalise(key), None, "{key}");
    }
}

#[test]
fn a_number_of_another_country_is_no_mobile_number_of_this_one() {
    let mut page = document(&["Tel: +1 315 123 4567", "手机：13151234567"]);
    let facts = collect(&mut page);
    let seen: Vec<_> = facts
        .iter()
        .map(|f| (f.number.as_str(), f.kind, f.e164.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            ("+13151234567", Kind::Foreign, Some("+13151234567")),
            ("13151234567", Kind::Mobile, Some("+8613151234567")),
        ]
    );
}

#[test]
fn abroad_numbers_are_dialled_as_they_are() {
    assert_eq!(
        e164("+13151234567", Kind::Foreign).as_deref(),
        Some("+13151234567")
    );
    assert_eq!(
        e164("4007651032", Kind::Shared400).as_deref(),
        Some("+864007651032")
    );
    assert_eq!(
        e164("075588664412", Kind::Landline).as_deref(),
        Some("+8675588664412")
    );
    assert_eq!(
        e164("13926540187", Kind::Mobile).as_deref(),
        Some("+8613926540187")
    );
    assert_eq!(
        e164("85228374416", Kind::Foreign).as_deref(),
        Some("+85228374416")
    );
    for (number, kind) in [
        ("95588", Kind::Short),
        ("62835501", Kind::Landline),
        ("28374416", Kind::Foreign),
        ("0227194456", Kind::Foreign),
        ("", Kind::Foreign),
    ] {
        assert_eq!(e164(number, kind), None, "{number}");
    }
}

#[test]
fn a_page_full_of_numbers_is_counted() {
    let line = "400-765-1032 13926540187 ".repeat(2_000);
    let mut page = document(&vec![line.as_str(); 40]);
    let facts = collect(&mut page);
    assert_eq!(facts.len(), 2);
    assert_eq!((facts[0].count, facts[1].count), (80_000, 80_000));
    assert!(facts[0].spots.len() <= 64);
    let many: String = (0..2_000).map(|i| format!("400765{i:04}、")).collect();
    assert_eq!(collect(&mut document(&[&many])).len(), 256);
}

/// Every disguise of a ten- or eleven-digit number.
fn disguise(digits: &str, which: usize) -> String {
    let map = |f: &dyn Fn(u32) -> char| {
        digits
            .chars()
            .map(|c| f(c.to_digit(10).unwrap()))
            .collect::<String>()
    };
    let at = |set: &'static str| move |d: u32| set.chars().nth(d as usize).unwrap();
    let cut = |sep: &str| {
        format!(
            "{}{sep}{}{sep}{}",
            &digits[..3],
            &digits[3..7],
            &digits[7..]
        )
    };
    match which {
        0 => digits.to_owned(),
        1 => cut("-"),
        2 => cut(" "),
        3 => cut("——"),
        4 => cut("."),
        5 => map(&|d| char::from_u32(0xff10 + d).unwrap()),
        6 => map(&at("⓪①②③④⑤⑥⑦⑧⑨")),
        7 => map(&at("零一二三四五六七八九")),
        8 => map(&at("零壹贰叁肆伍陆柒捌玖")),
        9 => map(&|d| char::from_u32(0x1d7d8 + d).unwrap()),
        10 => map(&|d| char::from_u32(0x0660 + d).unwrap()),
        11 => digits.chars().flat_map(|c| [c, '\u{200b}']).collect(),
        12 => digits.chars().map(|c| format!("&#{};", c as u32)).collect(),
        13 => digits
            .chars()
            .map(|c| c.to_string())
            .collect::<Vec<_>>()
            .join("-"),
        14 => cut("_"),
        15 => cut("/"),
        16 => cut("－"),
        17 => digits
            .chars()
            .map(|c| format!("\\u{:04x}", c as u32))
            .collect(),
        _ => cut("\u{3000}"),
    }
}

proptest::proptest! {
    #[test]
    fn a_planted_number_is_found_once(
        // Latin noise of letters that spell no label: "qq，4001234567" is an account, not a telephone.
        before in "[阿-龟，。；、jkuz ]{0,20}(热线|电话：|拨打 | tel:|，)",
        after in "([，。；（]|全国|专业 )[阿-龟，。；、 ]{0,20}",
        toll in 0u32..10_000_000,
        mobile in proptest::bool::ANY,
        which in 0usize..19,
    ) {
        let number = if mobile { format!("139{:08}", toll % 10_000_000 + 10_000_000) } else { format!("400{toll:07}") };
        // Numerals and units in the noise would rightly change the reading.
        let clean = |text: &str| text.chars().filter(|c| !"零一二三四五六七八九两幺壹贰叁肆伍陆柒捌玖第".contains(*c)).collect::<String>();
        let text = format!("{}{}{}", clean(&before), disguise(&number, which), after);
        let found = find(&text);
        proptest::prop_assert_eq!(found.len(), 1, "{} -> {:?}", text, found);
        proptest::prop_assert_eq!(&found[0].number, &number, "{}", text);
    }

    #[test]
    fn text_without_digits_has_no_number(text in "[阿-龟ぁ-んa-zA-Z ，。：\\-()]{0,200}") {
        let clean: String = text.chars().filter(|c| !matches!(glyph::classify(*c), glyph::Glyph::Digit(..))).collect();
        proptest::prop_assert_eq!(find(&clean), []);
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}|[0-9０-９一-三①②（）()+\\-./ 转OlI&#;\\\\u%\u{200b}年元电话号码:@,A-F]{0,120}") {
        for found in find(&text) {
            proptest::prop_assert!(text.get(found.range.clone()).is_some());
            let digits = found.number.strip_prefix('+').unwrap_or(&found.number);
            proptest::prop_assert!(digits.len() >= 5 && digits.bytes().all(|b| b.is_ascii_digit()));
        }
        let _ = normalise(&text);
        let mut page = Document { scripts: vec![text.clone()], ..Document::default() };
        let _ = collect(&mut page);
        let _ = with_attribute("onclick", &text);
    }
}
