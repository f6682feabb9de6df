//! The three real pages that the project started from, where they are at hand.

use crate::support::{Place, shared};

#[test]
fn three_pages_are_one_network_with_one_number() {
    let Some(seeds) = shared("seeds") else { return };
    let place = Place::new();
    place.run(&["ingest", seeds.to_str().unwrap()]).ok();
    let networks = place.run(&["query", "network", "--json"]).json();
    assert_eq!(networks.len(), 1, "{networks:#?}");
    let network = &networks[0];
    assert_eq!(network["sites"].as_array().unwrap().len(), 3);
    assert_eq!(network["numbers"], serde_json::json!(["4001865909"]));
    let id = network["network"].as_str().unwrap();
    let full = place.run(&["query", "network", id]).ok();
    for word in ["威诗迪", "奥灯", "润虎", "智能锁", "指纹锁", "保险柜"] {
        assert!(full.contains(word), "{word} is not in {full}");
    }
    let number = place.run(&["query", "number", "４００-1865-909"]).ok();
    for word in ["24", "3 pages", "400-1865-909"] {
        assert!(number.contains(word), "{word} is not in {number}");
    }
}

#[test]
fn a_page_with_only_the_article_does_not_join() {
    let Some(seeds) = shared("seeds") else { return };
    let page = std::fs::read_to_string(seeds.join("000_e2efa9a932fba15b.txt")).unwrap();
    let start = page
        .find("“我以为")
        .expect("the article begins with a quotation");
    let place = Place::new();
    place.write("news.txt", &page[start..]);
    place
        .run(&["ingest", seeds.to_str().unwrap(), "news.txt"])
        .ok();
    let networks = place.run(&["query", "network", "--json"]).json();
    assert_eq!(networks.len(), 1);
    assert_eq!(networks[0]["sites"].as_array().unwrap().len(), 3);
}

#[test]
fn fingerprints_see_one_template_and_set_the_article_apart() {
    let Some(seeds) = shared("seeds") else { return };
    let first = seeds.join("000_e2efa9a932fba15b.txt");
    let text = std::fs::read_to_string(&first).unwrap();
    let start = text
        .find("“我以为")
        .expect("the article begins with a quotation");
    let place = Place::new();
    place.write("zz-news.txt", &text[start..]);
    let seeds = seeds.to_str().unwrap();
    let pages = place
        .run(&["extract", seeds, "zz-news.txt", "--json"])
        .json();
    let [a, b, c, news] = pages.as_slice() else {
        panic!("{} pages", pages.len());
    };
    let print = |page: &serde_json::Value, name: &str| {
        let hex = page["prints"][name].as_str().unwrap();
        u64::from_str_radix(hex, 16).unwrap()
    };
    let apart = |x, y, name| (print(x, name) ^ print(y, name)).count_ones();
    assert_eq!(print(a, "skeleton"), print(c, "skeleton"));
    assert!(apart(a, c, "text") <= 3);
    assert!(apart(a, b, "text") <= 8 && apart(c, b, "text") <= 8);
    let articles = [a, b, c, news].map(|page| page["article"].as_str());
    assert!(
        articles[0].is_some() && articles.iter().all(|x| *x == articles[0]),
        "{articles:?}"
    );
    assert_eq!(print(news, "text"), 0, "nothing on it sells");
    assert_eq!(news["prints"]["lines"].as_array().map(Vec::len), Some(0));
    for page in [a, b, c] {
        assert_ne!(print(news, "skeleton"), print(page, "skeleton"));
        assert!(apart(news, page, "skeleton_near") > 8);
    }
}

#[test]
fn ingest_is_idempotent_and_rebuild_exports_the_same_bytes() {
    let Some(seeds) = shared("seeds") else { return };
    let place = Place::new();
    place.run(&["ingest", seeds.to_str().unwrap()]).ok();
    let again = place
        .run(&["ingest", seeds.to_str().unwrap(), "--json"])
        .json();
    assert_eq!(again[0]["known"], 3);
    let export = || {
        let formats = ["gexf", "graphml", "json", "csv"];
        formats.map(|f| place.run(&["export", "--format", f]).ok())
    };
    let before = export();
    place.run(&["check"]).ok();
    std::fs::remove_dir_all(place.path("state/store")).unwrap();
    let line = place.run(&["query", "network"]).fails(4);
    assert!(line.contains("rebuild"), "{line}");
    place.run(&["rebuild"]).ok();
    assert_eq!(export(), before);
    place.run(&["check"]).ok();
}
