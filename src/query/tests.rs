//! Questions about a small state with known answers.

use serde_json::Value;

use super::near::{self, Pages};
use super::{Answer, Kind, Records, View, run};
use crate::error::{Error, Result};
use crate::extract::charset::{Charset, Source};
use crate::extract::number::Place;
use crate::graph::testing::{Page, cold, hot};
use crate::lists::Lists;
use crate::site::CanonicalUrl;
use crate::store::Codes;

const BRANDS: [&str; 3] = ["甲乙", "丙丁", "戊己"];

fn pages() -> Vec<Page> {
    let mut pages: Vec<Page> = (0..3)
        .map(|i| {
            let mut page = hot(&format!("s{i}.example"), "a")
                .shows("4001112222", 8, &[Place::Title, Place::Text])
                .brand(BRANDS[i], "指纹锁")
                .kit("k", i as u32);
            page.0.numbers[0].raw = vec!["400-1112-222".into()];
            page.0.prints.text = 0xff << i;
            page
        })
        .collect();
    pages.push(cold("news.example", "story").mentions("4006999999"));
    pages
}

fn view(pages: Vec<Page>) -> View<'static> {
    let scan = move || -> Result<Records<'static>> {
        let records: Vec<_> = pages.iter().map(|p| Ok(p.0.clone())).collect();
        Ok(Box::new(records.into_iter()))
    };
    View::new(&Lists::built_in(), scan).unwrap()
}

fn near_view(pages: Vec<Page>) -> Pages<'static> {
    let key = |page: &Page| CanonicalUrl::parse(&page.0.url).unwrap().key();
    let codes = pages.iter().map(|p| Codes::of(key(p), &p.0)).collect();
    Pages::new(codes, move |wanted| {
        Ok(pages
            .iter()
            .find(|p| key(p) == *wanted)
            .map(|p| p.0.clone()))
    })
}

fn lines(answer: &Answer) -> Vec<Value> {
    let lines = answer.json_lines();
    lines.map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn ask(kind: Kind, key: Option<&str>) -> (Vec<Value>, String) {
    let answer: Answer = run(kind, key, &view(pages())).unwrap();
    (lines(&answer), answer.to_string())
}

#[test]
fn an_address_that_leads_on_says_where_to() {
    let mut old = cold("old.example", "a");
    old.0.status = 301;
    old.0.redirect = Some("http://s0.example/a".into());
    let view = view(pages().into_iter().chain([old]).collect());
    let error = run(Kind::Page, Some("http://old.example/a"), &view).unwrap_err();
    assert!(
        error.to_string().contains("ask for http://s0.example/a"),
        "{error}"
    );
}

#[test]
fn a_page_says_how_it_was_decoded() {
    let mut page = hot("s0.example", "a");
    page.0.charset = Charset {
        name: "gb18030".into(),
        source: Source::Meta,
        malformed: true,
    };
    let view = view(vec![page]);
    let answer = run(Kind::Page, Some("http://s0.example/a"), &view).unwrap();
    let line = &lines(&answer)[0];
    let told = ["charset", "charset_source", "charset_malformed"].map(|key| &line[key]);
    assert_eq!(
        told,
        [&"gb18030".into(), &"meta".into(), &Value::Bool(true)]
    );
    let text = answer.to_string();
    let wanted = "charset gb18030, as it says itself; some bytes are no characters of it";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn networks_in_short_and_in_full() {
    let (lines, text) = ask(Kind::Network, None);
    assert_eq!(lines.len(), 1);
    assert_eq!(
        lines[0]["sites"],
        serde_json::json!(["s0.example", "s1.example", "s2.example"])
    );
    assert_eq!(lines[0]["numbers"], serde_json::json!(["4001112222"]));
    assert_eq!(lines[0]["pages"], 3);
    assert!(lines[0].get("evidence").is_none());
    assert!(text.contains("甲乙 (指纹锁)"), "{text}");
    let id = lines[0]["network"].as_str().unwrap().to_owned();
    for key in [id.as_str(), "S1.example", "400-1112-222"] {
        let (full, text) = ask(Kind::Network, Some(key));
        assert_eq!(full[0]["network"], id.as_str());
        let evidence = full[0]["evidence"].as_array().unwrap();
        assert_eq!(evidence[0]["kind"], "number");
        assert!(
            evidence
                .iter()
                .all(|e| e["bits"].as_f64().unwrap() > 0.0 && e["why"].is_string())
        );
        assert!(
            text.contains("1. number 4001112222: each of 3 sites sells this number"),
            "{text}"
        );
    }
}

#[test]
fn a_number_in_any_form_is_answered_on_one_screen() {
    for key in ["4001112222", "400-111-2222", "４００１１１２２２２"] {
        let (lines, text) = ask(Kind::Number, Some(key));
        assert_eq!(lines[0]["verdict"], "spam");
        assert_eq!(lines[0]["occurrences"], 24);
        assert_eq!(
            (&lines[0]["sites"], &lines[0]["brands"], &lines[0]["pages"]),
            (&3.into(), &3.into(), &3.into())
        );
        assert_eq!(lines[0]["forms"][0]["form"], "400-1112-222");
        assert_eq!(lines[0]["claimed"].as_array().unwrap().len(), 3);
        assert_eq!(lines[0]["found_on"].as_array().unwrap().len(), 3);
        assert!(text.starts_with("4001112222 (400)  SPAM"), "{text}");
        assert!(
            text.contains("24 occurrences on 3 pages of 3 sites, with surface forms 400-1112-222"),
            "{text}"
        );
        assert!(text.lines().count() < 25, "{text}");
    }
    let (lines, _) = ask(Kind::Number, Some("400-699-9999"));
    assert_eq!(
        (&lines[0]["verdict"], &lines[0]["score"]),
        (&"official".into(), &0.0.into())
    );
}

#[test]
fn lists_put_what_matters_first() {
    let (numbers, _) = ask(Kind::Number, None);
    assert_eq!(numbers[0]["number"], "4001112222");
    let (sites, text) = ask(Kind::Site, None);
    assert_eq!(sites.last().unwrap()["site"], "news.example");
    assert_eq!(sites.last().unwrap()["network"], Value::Null);
    assert!(text.starts_with("site "), "{text}");
    assert_eq!(ask(Kind::Brand, None).0.len(), 3);
    assert_eq!(ask(Kind::Template, None).0.len(), 1);
    assert_eq!(ask(Kind::Page, None).0.len(), 4);
}

#[test]
fn one_of_each_kind_in_full() {
    let (site, _) = ask(Kind::Site, Some("S0.EXAMPLE"));
    assert_eq!(site[0]["neighbours"].as_array().unwrap().len(), 2);
    let (brand, text) = ask(Kind::Brand, Some("甲乙"));
    assert_eq!(brand[0]["verdicts"][0]["verdict"], "spam");
    assert!(text.contains("http://s0.example/a"));
    let (template, _) = ask(Kind::Template, Some("s0.example"));
    assert_eq!(template[0]["sites"].as_array().unwrap().len(), 3);
    let (page, _) = ask(Kind::Page, Some("HTTPS://S0.example/a#x"));
    assert_eq!(page[0]["url"], "http://s0.example/a");
}

#[test]
fn near_pages_come_with_their_distances() {
    let view = near_view(pages());
    let ask = |key: &str, within| near::run(Some(key), within, &view).unwrap();
    let near = lines(&ask("HTTP://S0.example/a#x", 3));
    assert_eq!(near.len(), 2);
    assert_eq!(
        (&near[0]["url"], &near[0]["text"]),
        (&"http://s1.example/a".into(), &2.into())
    );
    assert_eq!((&near[0]["dom"], &near[0]["lines"]), (&0.into(), &7.into()));
    assert_eq!(
        (&near[1]["text"], &near[1]["skeleton"]),
        (&4.into(), &Value::Null)
    );
    // A code is compared with the codes of every kind.
    let near = lines(&ask("00000000000000FE", 1));
    let urls: Vec<_> = near.iter().map(|n| &n["url"]).collect();
    assert_eq!(urls, ["http://s0.example/a", "http://s1.example/a"]);
    assert_eq!(near[0]["text"], 1);
    let none = ask("ffffffff00000000", 8);
    assert_eq!(none.to_string(), "no page is within 8 bits of it\n");
    assert_eq!(none.json_lines().count(), 0);
    let error = near::run(Some("0"), 9, &view).unwrap_err();
    assert!(matches!(error, Error::Usage(_)), "{error}");
}

#[test]
fn pages_that_count_for_nothing_are_near_to_nothing() {
    let mut all = pages();
    all[1].0.status = 302;
    all[2].0.status = 404;
    let near = near::run(Some("http://s0.example/a"), 8, &near_view(all)).unwrap();
    // An error page with a hotline is a page.
    assert_eq!(lines(&near).len(), 1);
    assert_eq!(lines(&near)[0]["url"], "http://s2.example/a");
}

#[test]
fn texts_with_company_are_listed_without_a_key() {
    let mut all = pages();
    let mut twin = hot("s7.example", "b");
    twin.0.prints.text = 0xff;
    all.push(twin);
    let mut far = hot("s8.example", "b");
    far.0.prints.text = 0xff << 40;
    all.push(far);
    let view = near_view(all);
    let texts = lines(&near::run(None, 2, &view).unwrap());
    let of = |i: usize, field: &str| texts[i][field].clone();
    assert_eq!(texts.len(), 3);
    // 0x1fe is on one page and near three; 0xff is on two and near one.
    assert_eq!(of(0, "text"), "00000000000001fe");
    assert_eq!(
        (of(0, "near_codes"), of(0, "near_pages")),
        (2.into(), 3.into())
    );
    assert_eq!(
        (of(1, "text"), of(1, "pages")),
        ("00000000000000ff".into(), 2.into())
    );
    assert_eq!(
        (of(1, "near_codes"), of(1, "near_pages")),
        (1.into(), 1.into())
    );
    assert_eq!(lines(&near::run(None, 0, &view).unwrap()).len(), 1);
    let empty = near::run(None, 3, &near_view(Vec::new())).unwrap();
    assert!(empty.to_string().starts_with("no two pages"));
}

#[test]
fn every_fingerprint_of_a_page_is_explained_with_its_nearest_pages() {
    let mut all = pages();
    all[0].0.prints.regions = vec![7];
    all[2].0.prints.regions = vec![7, 8];
    let answer = run(Kind::Page, Some("http://s0.example/a"), &view(all)).unwrap();
    let page = &lines(&answer)[0];
    let prints = page["fingerprints"].as_array().unwrap();
    let names: Vec<_> = prints
        .iter()
        .map(|p| p["print"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "text",
            "skeleton",
            "skeleton_near",
            "dom",
            "lines",
            "regions",
            "article",
            "url"
        ]
    );
    assert!(prints.iter().all(|p| p["why"].as_str().unwrap().len() > 40));
    let near = |i: usize| prints[i]["nearest"].as_array().unwrap();
    assert_eq!(
        (&near(0)[0]["distance"], &near(0)[1]["distance"]),
        (&2.into(), &4.into())
    );
    assert_eq!((prints[1]["pages"].as_u64(), near(1).len()), (Some(2), 2));
    assert_eq!((&prints[2]["code"], near(2).len()), (&Value::Null, 0));
    assert_eq!(
        (&near(4)[0]["shared"], &near(4)[1]["shared"]),
        (&7.into(), &6.into())
    );
    assert_eq!(
        (near(5).len(), &near(5)[0]["url"]),
        (1, &"http://s2.example/a".into())
    );
    let text = answer.to_string();
    assert!(
        text.contains("text 00000000000000ff: pages whose wording"),
        "{text}"
    );
    assert!(
        text.contains("near by lines: 2 pages\nshared  page"),
        "{text}"
    );
}

#[test]
fn an_unknown_key_is_named_with_a_way_out() {
    let kinds = [
        Kind::Network,
        Kind::Number,
        Kind::Site,
        Kind::Brand,
        Kind::Template,
        Kind::Page,
    ];
    let key = "no such\u{1b}[31m thing";
    let near = near::run(Some(key), 3, &near_view(pages()));
    let errors = kinds.map(|kind| run(kind, Some(key), &view(pages())));
    for error in errors.into_iter().chain([near]) {
        let error = error.unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::Failed(_)));
        assert!(
            text.contains("no such") && text.contains("partyline query"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
    }
    assert!(
        kinds
            .map(|kind| run(kind, Some(""), &view(pages())))
            .iter()
            .all(Result::is_err)
    );
    assert!(near::run(Some(""), 3, &near_view(pages())).is_err());
}

#[test]
fn an_empty_state_answers() {
    for kind in [
        Kind::Network,
        Kind::Number,
        Kind::Site,
        Kind::Brand,
        Kind::Template,
        Kind::Page,
    ] {
        let answer = run(kind, None, &view(Vec::new())).unwrap();
        assert_eq!(answer.json_lines().count(), 0);
        assert!(answer.to_string().starts_with("no "));
    }
}

#[test]
fn page_text_does_not_act_on_the_terminal() {
    let mut page = hot("s9.example", "a")
        .sells("4001112222")
        .brand("\u{1b}[2J\u{202e}坏", "");
    page.0.title = "\u{1b}]0;x\u{7}".into();
    page.0.numbers[0].raw = vec!["400\u{200b}1112222".into()];
    page.0.prints = pages()[0].0.prints.clone();
    let mut all = pages();
    all.push(page);
    let near = near_view(all.clone());
    let view = view(all);
    let nears = [Some("http://s0.example/a"), None].map(|key| near::run(key, 3, &near));
    let asked = [
        (Kind::Network, Some("s9.example")),
        (Kind::Number, Some("4001112222")),
        (Kind::Site, Some("s9.example")),
        (Kind::Brand, None),
        (Kind::Page, Some("http://s9.example/a")),
    ]
    .map(|(kind, key)| run(kind, key, &view));
    for answer in asked.into_iter().chain(nears) {
        let text = answer.unwrap().to_string();
        assert!(
            !text
                .chars()
                .any(|c| c != '\n' && crate::text::needs_escape(c)),
            "{text:?}"
        );
    }
}
