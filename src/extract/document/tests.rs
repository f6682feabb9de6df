use super::builder::{MAX_LINES, MAX_LINKS};
use super::*;

fn parse(html: &str) -> Document {
    parse_html(html, "http://a.test/dir/page.html")
}

fn lines(html: &str) -> Vec<String> {
    parse(html).lines.into_iter().map(|l| l.text).collect()
}

#[test]
fn blocks_are_lines_and_inline_elements_are_not() {
    let html = "<html><head><title> A \n B</title></head><body><h1>One</h1>text<br>more \
                <b>4</b><i>0</i><!-- x -->0<table><tr><td>a<td>b</table><p>&nbsp;</p></body>";
    let document = parse(html);
    assert_eq!(document.title, "A B");
    assert_eq!(lines(html), ["One", "text", "more 400", "a", "b"]);
    assert_eq!(document.lines[0].heading, 1);
    assert_eq!(document.lines[1].heading, 0);
    assert_eq!(document.comments, ["x"]);
}

#[test]
fn links_are_resolved_and_tell_their_block() {
    let document = parse(
        "<base href='/b/'><p>first</p><p><a href=x.html>n</a></p><a href='tel:400-1'>c</a>\
         <meta http-equiv=refresh content='0; URL=/next'><iframe src=//f.test/></iframe>\
         <link rel=canonical href='http://c.test/'><a href='javascript:void(0)'>j</a>",
    );
    let seen: Vec<_> = document
        .links
        .iter()
        .map(|l| (l.url.as_str(), l.kind, l.line))
        .collect();
    assert_eq!(
        seen,
        [
            ("http://a.test/b/x.html", LinkKind::Anchor, Some(1)),
            ("http://a.test/next", LinkKind::Refresh, None),
            ("http://f.test/", LinkKind::Frame, None),
            ("http://c.test/", LinkKind::Canonical, None),
        ]
    );
    assert!(document.lines[1].linked && !document.lines[0].linked);
    assert_eq!(
        document.attributes[0],
        Attribute {
            name: "tel".into(),
            value: "400-1".into()
        }
    );
}

#[test]
fn attributes_and_scripts_that_may_hold_numbers_are_kept() {
    let document = parse(
        "<img alt='热线' src=a.png><input value=\"400-1\"><script>var a=1</script>\
         <script src='//t.test/x.js?id=9'></script><style>a{}</style><p class=x title=ok>",
    );
    let names: Vec<_> = document
        .attributes
        .iter()
        .map(|a| a.name.as_str())
        .collect();
    assert_eq!(names, ["alt", "value"]);
    assert_eq!(document.scripts, ["var a=1"]);
    assert_eq!(document.sources, ["a.png", "//t.test/x.js?id=9"]);
    assert!(document.lines.is_empty());
}

#[test]
fn hostile_shapes_take_linear_time_and_bounded_memory() {
    for shape in [
        "<div>".repeat(1_000_000),
        "<font x=i><p>".repeat(300_000),
        "</a>".repeat(1_000_000),
        "<a href=x>".repeat(300_000),
        format!("<p {}>", "a=1 ".repeat(1_000_000)),
        "<!--".repeat(1_000_000),
        "<style>".repeat(500_000),
        "&#".repeat(1_000_000),
        "<p>1".repeat(500_000),
        "<".repeat(2_000_000),
    ] {
        let document = parse(&shape);
        assert!(document.lines.len() <= MAX_LINES && document.links.len() <= MAX_LINKS);
    }
}

#[test]
fn tag_paths_count_and_text_pages_have_none() {
    let document = parse("<ul><li>a<li>b</ul>");
    let counts: Vec<u32> = document.tag_paths.iter().map(|(_, n)| *n).collect();
    assert_eq!(counts.iter().sum::<u32>(), 3);
    assert_eq!(counts.len(), 2);
    let text = parse_text(Some(" t "), " a  b \n\n c");
    assert_eq!(
        (text.title.as_str(), text.lines.len(), text.tag_paths.len()),
        ("t", 2, 0)
    );
    assert_eq!(text.lines[0].text, "a b");
}

#[test]
fn text_that_runs_backwards_is_read_as_it_is_shown() {
    for html in [
        "<p>电话<bdo dir=RTL>2301-567-004</bdo>拨</p>",
        "<p>电话<b style='direction:rtl; unicode-bidi:bidi-override'>23<i>01-567</i>-004</b>拨</p>",
        "<style>.r{unicode-bidi: bidi-override;direction: rtl}</style><p>电话<b class=r>2301-567-004</b>拨</p>",
    ] {
        let page = parse_html(html, "http://a.test/");
        assert_eq!(page.lines[0].text, "电话400-765-1032拨", "{html}");
    }
    // Each block by itself, and what follows is not touched.
    let page = parse_html(
        "<bdo dir=rtl>cba<p>fed</p>ihg</bdo><p>jkl",
        "http://a.test/",
    );
    let texts: Vec<&str> = page.lines.iter().map(|l| l.text.as_str()).collect();
    assert_eq!(texts, ["abc", "def", "ghi", "jkl"]);
}

#[test]
fn text_of_a_style_sheet_is_kept() {
    let css =
        "<style>.a:after{content:'400-765-1032'} .b{content: attr(x)} .c{content:\"\"}</style>";
    let page = parse_html(css, "http://a.test/");
    let values: Vec<&str> = page.attributes.iter().map(|a| a.value.as_str()).collect();
    assert_eq!(values, ["400-765-1032"]);
}

#[test]
fn a_title_ends_where_what_is_seen_ends() {
    assert_eq!(parse("<title>洛森 \u{200b} </title>").title, "洛森");
}

proptest::proptest! {
    /// Also where text and source are of different pages.
    #[test]
    fn any_source_is_walked(
        page in "[洛4a& ;#\u{200b}\u{feff}]{0,12}",
        text in "[洛4a& \u{200b}]{0,12}",
        at in 0..40_usize,
    ) {
        let document = parse_html(&format!("<p>{page}</p>"), "");
        let mut locator = Locator::new(Source::Html(&page), &document.origins);
        for part in [Part::Title, Part::Line(0)] {
            locator.locate(part, &text, at);
        }
    }
}
