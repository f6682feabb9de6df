use super::*;
use crate::extract::document::{Document, parse_text};
use crate::extract::number::{Found, Kind};

/// A page with its plain numbers noted, as the number stage would.
pub(in crate::extract) fn page(title: Option<&str>, text: &str) -> Document {
    let mut document = parse_text(title, text);
    document.title_numbers = numbers(&document.title);
    for line in &mut document.lines {
        line.numbers = numbers(&line.text);
    }
    document
}

fn numbers(text: &str) -> Vec<Found> {
    let pattern = regex::Regex::new(
        r"(?P<toll>[48]00-?[0-9]{3,4}-?[0-9]{3,4})|(?P<land>0[0-9]{2,3}-[0-9]{4}-?[0-9]{3,4})|(?P<mobile>1[3-9][0-9]{9})",
    )
    .unwrap();
    pattern
        .captures_iter(text)
        .map(|c| {
            let (m, kind) = match (c.name("toll"), c.name("land"), c.name("mobile")) {
                (Some(m), _, _) => (m, Kind::Shared400),
                (_, Some(m), _) => (m, Kind::Landline),
                (_, _, m) => (m.unwrap(), Kind::Mobile),
            };
            Found {
                number: m.as_str().replace('-', ""),
                kind,
                extension: None,
                range: m.range(),
            }
        })
        .collect()
}

#[derive(serde::Deserialize)]
struct Case {
    text: String,
    /// Members of a list are separated by a vertical bar; the first of the labelled real titles
    /// is compared with the first brand found.
    brand: Option<String>,
    category: Option<String>,
    #[serde(default)]
    known_failure: bool,
}

fn cases(text: &str) -> Vec<Case> {
    text.lines()
        .filter(|l| !l.trim().is_empty())
        .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{l}: {e}")))
        .collect()
}

/// Share of right brands and of right categories, with the confusions printed.
fn score(cases: &[Case]) -> (f64, f64) {
    let (mut brands, mut categories) = (0, 0);
    for case in cases {
        let claim = read_title(&case.text);
        let brand = claim.brands.first().cloned();
        let category = claim.categories.first().cloned();
        let right = (brand == case.brand, category == case.category);
        brands += usize::from(right.0);
        categories += usize::from(right.1);
        if right != (true, true) {
            eprintln!(
                "{}: found {brand:?} {category:?}, labelled {:?} {:?}",
                case.text, case.brand, case.category
            );
        }
    }
    let n = cases.len() as f64;
    (brands as f64 / n, categories as f64 / n)
}

#[test]
fn labelled_titles_of_real_pages() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/data/titles-dev.jsonl"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: {path} is absent");
        return;
    };
    let (brand, category) = score(&cases(&text));
    eprintln!("brand {brand:.3} category {category:.3}");
    assert!(brand >= 0.95 && category >= 0.95);
}

#[test]
fn the_real_pages_claim_one_brand_each() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/seeds");
    let Ok(mut files) = std::fs::read_dir(dir).map(|d| d.flatten().collect::<Vec<_>>()) else {
        eprintln!("skipped: {dir} is absent");
        return;
    };
    files.sort_by_key(|f| f.path());
    let found: Vec<(String, Option<String>)> = files
        .iter()
        .flat_map(|f| mine(&page(None, &std::fs::read_to_string(f.path()).unwrap())))
        .map(|b| (b.brand, b.category))
        .collect();
    let pair = |b: &str, c: &str| (b.to_owned(), Some(c.to_owned()));
    assert_eq!(
        found,
        [
            pair("威诗迪", "智能锁"),
            pair("奥灯", "指纹锁"),
            pair("润虎", "保险柜")
        ]
    );
}

#[test]
fn labelled_titles_of_the_project() {
    let cases = cases(include_str!("../../../tests/data/titles.jsonl"));
    assert!(cases.len() >= 150);
    let (hard, plain): (Vec<_>, Vec<_>) = cases.into_iter().partition(|c| c.known_failure);
    let (brand, category) = score(&plain);
    eprintln!(
        "{} titles: brand {brand:.3} category {category:.3}",
        plain.len()
    );
    assert!(brand >= 1.0 && category >= 1.0);
    for case in hard {
        let claim = read_title(&case.text);
        let right = claim.brands.first() == case.brand.as_ref()
            && claim.categories.first() == case.category.as_ref();
        assert!(!right, "no failure any more: {}", case.text);
    }
}

#[test]
fn zz_blind() {
    for path in ["/tmp/brandwork/blind.txt"] {
        let text = std::fs::read_to_string(path).unwrap();
        let cases: Vec<Case> = text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).map(|l| {
            let f: Vec<&str> = l.rsplitn(3, '|').collect();
            let o = |s: &str| (s != "-").then(|| s.to_owned());
            Case { text: f[2].into(), brand: o(f[1]), category: o(f[0]), known_failure: false }
        }).collect();
        eprintln!("{} {:?}", cases.len(), score(&cases));
    }
}

#[test]
fn zz_pages() {
    #[derive(serde::Deserialize)]
    struct P { name: String, title: Option<String>, text: String }
    for line in include_str!("../../../tests/data/pages.jsonl").lines() {
        let p: P = serde_json::from_str(line).unwrap();
        let d = page(p.title.as_deref(), &p.text);
        let b: Vec<_> = mine(&d).into_iter().map(|b| format!("{}/{:?}/{:?}/{:?}x{}", b.brand, b.category, b.categories, b.aliases, b.count)).collect();
        eprintln!("{}: {}", p.name, b.join("  "));
    }
}

#[test]
fn zz_time() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/seeds/000_e2efa9a932fba15b.txt")).unwrap();
    let d = page(Some("威诗迪智能锁全国售后电话"), &text);
    eprintln!("{} bytes, {} lines", text.len(), d.lines.len());
    let time = |name: &str, f: &mut dyn FnMut()| {
        f();
        let t = std::time::Instant::now();
        for _ in 0..200 { f(); }
        eprintln!("{name}: {:?}", t.elapsed() / 200);
    };
    let t = std::time::Instant::now();
    let b = mine(&d);
    eprintln!("first: {:?}", t.elapsed());
    time("mine", &mut || { std::hint::black_box(mine(&d)); });
    let mut d2 = d.clone();
    time("assign", &mut || { crate::extract::role::assign(&mut d2, &b); });
    time("judge", &mut || { std::hint::black_box(crate::extract::hotline::judge(&d2, &[], &b)); });
    time("measure", &mut || { for l in &d2.lines { std::hint::black_box(crate::extract::region::measure(&l.text)); } });
}
