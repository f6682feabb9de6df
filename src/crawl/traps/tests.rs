use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn endings_are_in_order_for_the_search() {
    assert!(NOT_PAGES.is_sorted());
    let longest = NOT_PAGES.iter().map(|ending| ending.len()).max();
    assert_eq!(longest, Some(LONGEST_ENDING));
    assert!(is_no_page("WebManifest") && is_no_page("zip"));
    assert!(!is_no_page("webmanifests") && !is_no_page("html") && !is_no_page(""));
}

#[test]
fn traps_are_seen() {
    let cases = [
        ("http://a.cn/x/a/b/a/c/a/", Some(Trap::RepeatedSegment)),
        ("http://a.cn/a/a/b", None),
        (
            "http://a.cn/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h/i/j/k/l",
            Some(Trap::DeepPath),
        ),
        ("http://a.cn/x.JPG?w=1", Some(Trap::NotAPage)),
        ("http://a.cn/app.apk", Some(Trap::NotAPage)),
        ("http://a.cn/x.html", None),
        ("http://a.cn/x.php?f=a.zip", None),
        ("http://a.cn/2049/05/", Some(Trap::Calendar)),
        ("http://a.cn/2024/05/03.html", None),
        ("http://a.cn/1024/", None),
        ("http://a.cn/9999/13/", None),
        ("http://a.cn/cal?month=2190-05", Some(Trap::Calendar)),
        ("http://a.cn/cal?year=1800", Some(Trap::Calendar)),
        ("http://a.cn/cal?year=2025", None),
        ("http://a.cn/4001/8659/09", None),
    ];
    for (text, expected) in cases {
        assert_eq!(trap(&url(text), 2026), expected, "{text}");
    }
    let long = format!("http://a.cn/{}", "x".repeat(MAX_URL));
    assert_eq!(trap(&url(&long), 2026), Some(Trap::LongUrl));
}

#[test]
fn credentials_are_no_part_of_a_candidate() {
    let with = candidate(url("http://user:pw@a.cn:81/x?a=1"), 0, 0).unwrap();
    assert_eq!(with.url, "http://a.cn:81/x?a=1");
    assert_eq!(with.canonical.as_str(), with.url);
    assert_eq!(
        candidate(url("https://user@a.cn"), 0, 0).unwrap().url,
        "https://a.cn/"
    );
}

#[test]
fn what_the_archive_could_not_give_back_is_no_candidate() {
    let long = format!("http://a.cn/{}", "x".repeat(site::MAX_URL - 12));
    assert!(candidate(url(&long), 0, 0).is_some());
    assert!(candidate(url(&format!("{long}x")), 0, 0).is_none());
}

#[test]
fn one_page_has_one_address() {
    let get = |t: &str| candidate(url(t), 0, 0).unwrap();
    assert_eq!(
        get("http://a.cn/?b=2&a=1").canonical,
        get("http://a.cn/?a=1&b=2").canonical
    );
    assert_eq!(get("http://a.cn/?b=2&a=1").url, "http://a.cn/?b=2&a=1");
    for (one, other) in [
        ("http://a.cn/?a=1&a=1&b=2&a=1", "http://a.cn/?a=1&b=2"),
        (
            "http://a.cn/%7euser/%e4%b8%ad",
            "http://a.cn/~user/%E4%B8%AD",
        ),
        ("http://a.cn/?q=%41%2f", "http://a.cn/?q=A%2F"),
    ] {
        assert_eq!(get(one).canonical, get(other).canonical, "{one}");
        assert_eq!(get(one).url, one);
    }
    for (one, other) in [
        ("http://a.cn/?a=1&a=2", "http://a.cn/?a=1"),
        ("http://a.cn/a%2Fb", "http://a.cn/a/b"),
        ("http://a.cn/%zz%", "http://a.cn/zz"),
        ("http://a.cn/%2541", "http://a.cn/%41"),
    ] {
        assert_ne!(get(one).canonical, get(other).canonical, "{one}");
    }
    assert_eq!(
        get("http://a.cn/x?PHPSESSID=abc&p=1#t").url,
        "http://a.cn/x?p=1"
    );
    assert_eq!(
        get("http://a.cn/x;JSESSIONID=1A?p=1").url,
        "http://a.cn/x?p=1"
    );
    assert_eq!(get("http://a.cn/x;jsessionid=1/y").url, "http://a.cn/x/y");
    assert_eq!(
        get("http://a.cn/x?sid=0123456789abcdef0123456789abcdef").url,
        "http://a.cn/x"
    );
    for (one, other) in [
        (
            "http://a.cn/(S(lit3py55t21z5v55vlm25s55))/x.aspx?p=1",
            "http://a.cn/x.aspx?p=1",
        ),
        (
            "http://a.cn/b/(A(jYw-e_1)F(x0)S(lit3py55))/x.aspx",
            "http://a.cn/b/x.aspx",
        ),
        ("http://a.cn/(S(lit3py55))", "http://a.cn/"),
        ("http://a.cn/(S(lit3py55))/", "http://a.cn/"),
        ("http://a.cn/(S())/x", "http://a.cn/(S())/x"),
        ("http://a.cn/(sofas)/x", "http://a.cn/(sofas)/x"),
        ("http://a.cn/f(S(1))/x", "http://a.cn/f(S(1))/x"),
    ] {
        assert_eq!(get(one).url, other);
    }
    assert_eq!(get("http://a.cn/x?sid=12").url, "http://a.cn/x?sid=12");
    assert!(candidate(url("ftp://a.cn/"), 0, 0).is_none());
}

#[test]
fn queries_without_end_are_cut_near_the_limit() {
    let mut counter = QueryCounter::default();
    let cut = (0..10_000).find(|i| counter.exceeds(&format!("http://a.cn/s?q={i}")));
    assert!((1_500..2_800).contains(&cut.unwrap()), "{cut:?}");
    // The same query again and again is one.
    let mut counter = QueryCounter::default();
    assert!((0..10_000).all(|_| !counter.exceeds("http://a.cn/s?q=1")));
}
