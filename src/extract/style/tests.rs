use crate::extract::document::parse_html;

fn lines(html: &str) -> Vec<String> {
    parse_html(html, "http://a.test/")
        .lines
        .into_iter()
        .map(|l| l.text)
        .collect()
}

#[test]
fn decoys_hidden_by_a_style_sheet_or_inline_are_not_text() {
    let css = "<style>p{color:red} @media all{.x .no, #q{ Display : none }}</style>";
    let body = "<p class=x>400<i class=no>9</i>-186<b style='display:none'>7</b>5909</p>";
    assert_eq!(lines(&format!("{css}<div>{body}</div>")), ["400-1865909"]);
    let away = "<p>400<b style='position: absolute; left:-9999px'>7</b>-1865909</p>";
    assert_eq!(lines(away), ["400-1865909"]);
    let near = "<p>400<b style='position:absolute;left:-10px'>7</b></p>";
    assert_eq!(lines(near), ["4007"]);
    let sheet = "<style>.no{position:absolute;left:-9999px}</style><p>4<i class=no>9</i>0</p>";
    assert_eq!(lines(sheet), ["40"]);
    // Without a match the selectors cost nothing: the page is read as a stream.
    assert_eq!(
        lines("<style>.no{display:none}</style><p>400<i>9</i></p>"),
        ["4009"]
    );
}

#[test]
fn a_page_too_deep_for_a_tree_is_read_as_a_stream() {
    let html = format!(
        "<style>.no{{display:none}}</style>{}<p class=no>1</p>",
        "<div></x>".repeat(100_000)
    );
    assert_eq!(lines(&html), ["1"]);
}

#[test]
fn a_style_sheet_is_one_in_capitals_too() {
    let html = "<STYLE>.no{display:none}</STYLE><p>400<i class=no>9</i>-1</p>";
    assert_eq!(lines(html), ["400-1"]);
}

#[test]
fn a_title_is_unescaped_once_beside_hidden_text() {
    let html = "<title>a &amp;lt; b</title><title>c</title><style>.no{display:none}</style>";
    let page = parse_html(&format!("{html}<p>4<i class=no>9</i>5"), "");
    assert_eq!(
        (page.title.as_str(), page.lines[0].text.as_str()),
        ("a &lt; b", "45")
    );
    let plain = parse_html("<title>a &amp;lt; b</title>", "");
    assert_eq!(plain.title, page.title);
}

#[test]
fn the_rest_of_a_list_counts_where_one_selector_is_refused() {
    let html = "<style>i ~ b, .no {display:none}</style><p>4<i class=no>9</i><b>5</b></p>";
    assert_eq!(lines(html), ["45"]);
}

#[test]
fn a_page_that_matching_would_take_too_long_on_is_read_as_a_stream() {
    let page = |tags: usize| {
        let list = vec![".a .b .no"; 100].join(",");
        let tags = "<i></i>".repeat(tags);
        format!(
            "<style>{list}{{display:none}}</style><div class='a b'><p class=b><b class=no>1</b>2</p>{tags}</div>"
        )
    };
    assert_eq!(lines(&page(10)), ["2"]);
    assert_eq!(lines(&page(40_000)), ["12"]);
    let many = "x ".repeat(2_000) + "b";
    let words = |key: &str| page(300).replace("<p ", &format!("<p {key}='{many}' "));
    assert_eq!(lines(&words("title")), ["2"]);
    assert_eq!(lines(&words("class")), ["12"]);
    let siblings = format!(
        "<style>i~i~i~b{{display:none}}</style>{}<b>1</b>",
        "<i></i>".repeat(40_000)
    );
    assert_eq!(lines(&siblings), ["1"]);
}

#[test]
fn what_is_hidden_from_some_readers_is_text() {
    let page = |query: &str| {
        let css = format!("<style>@media {query}{{.no{{display:none}}}}</style>");
        lines(&format!("{css}<p>4<i class=no>9</i>5</p>"))
    };
    assert_eq!(page("print"), ["495"]);
    assert_eq!(page("(max-width: 640px)"), ["495"]);
    assert_eq!(page("screen and (min-width:1px)"), ["45"]);
}

#[test]
fn text_that_a_style_sheet_adds_is_read_in_its_place() {
    let css =
        ".a::before{content:\"400-\"} .b:after{content:'-\\34 56'} p:hover:after{content:'9'}";
    let page = "<p>热线:<b class=a></b>8123<b class=b></b></p>";
    assert_eq!(
        lines(&format!("<style>{css}</style>{page}")),
        ["热线:400-8123-456"]
    );
    // Digit by digit, beside decoys without a size, which the digits do not share.
    let css = ".d{font-size:0}.d:before{font-size:16px;content:attr(data-d)}";
    let digit = |d: &str| format!("<i class=d data-d={d}>7</i>");
    let digits: String = ["4", "0", "0"].map(digit).concat();
    assert_eq!(
        lines(&format!("<style>{css}</style><p>{digits}-1</p>")),
        ["400-1"]
    );
    // What is not there shows nothing.
    let css = ".d{display:none}.d:before{content:'4'}.e:before{content:'5'}";
    let page = "<p class=d>1</p><p class=e>2</p><img class=e><p>3</p>";
    assert_eq!(lines(&format!("<style>{css}</style>{page}")), ["52", "3"]);
}

#[test]
fn parts_are_read_in_the_order_in_which_they_are_shown() {
    let parts = |styles: [&str; 3]| {
        let part = |(text, style)| format!("<span style='{style}'>{text}</span>");
        ["400", "-8123", "-456"]
            .into_iter()
            .zip(styles)
            .map(part)
            .collect::<Vec<_>>()
    };
    let reversed = |style: &str, part: &str| {
        let parts: String = parts([part; 3]).into_iter().rev().collect();
        lines(&format!("<p style='{style}'>{parts}</p>"))
    };
    assert_eq!(
        reversed("display:flex; flex-direction: row-reverse", ""),
        ["400-8123-456"]
    );
    assert_eq!(
        reversed("direction:rtl", "display:inline-block"),
        ["400-8123-456"]
    );
    assert_eq!(reversed("direction:rtl", ""), ["-456-8123400"]);
    let mut placed = parts(["order:1", "order:2", "order: 3"]);
    placed.swap(0, 2);
    assert_eq!(
        lines(&format!("<p style=display:flex>{}</p>", placed.concat())),
        ["400-8123-456"]
    );
    let css = "<style>.r{display:flex;flex-flow:row-reverse}.o{order:-1}</style>";
    assert_eq!(
        lines(&format!("{css}<p class=r><i>2</i><i>1</i></p>")),
        ["12"]
    );
    assert_eq!(
        lines(&format!("{css}<p><i>2</i><i class=o>1</i></p>")),
        ["12"]
    );
}

const STYLES: [&str; 6] = [
    "",
    "order:1",
    "order:-3",
    "flex-direction:row-reverse",
    "direction:rtl",
    "display:inline-block",
];

proptest::proptest! {
    /// What is shown in another order is the same text, by whatever rules.
    #[test]
    fn nothing_is_lost_where_parts_are_put_in_order(
        parts in proptest::collection::vec((0..STYLES.len(), 0..STYLES.len(), 0..3_usize), 0..12),
    ) {
        let (mut html, mut open) = (String::from("<p>"), 0);
        for (i, (style, class, nested)) in parts.iter().enumerate() {
            html += &format!("<i class=c{class} style='{}'>{i}", STYLES[*style]);
            open += 1;
            let closes = open.min(2 - nested);
            html += &"</i>".repeat(closes);
            open -= closes;
        }
        let plain = html.replace("class", "x").replace("style", "y");
        let rules = STYLES.iter().enumerate().map(|(i, style)| format!(".c{i}{{{style}}}"));
        let sheet: String = rules.collect();
        let text = |html: &str| {
            let mut chars: Vec<char> = lines(html).concat().chars().collect();
            chars.sort_unstable();
            chars
        };
        let own = format!("<style>{sheet}</style>{html}");
        proptest::prop_assert_eq!(text(&own), text(&plain));
        proptest::prop_assert_eq!(text(&html), text(&plain));
    }

    #[test]
    fn any_page_with_styles_is_read(
        css in "[.ab{}:;,@'\"4\\\\ ]{0,24}(:before|::after)?[{] ?(content:('4'|attr[(]x[)])|display:none|order:2|font-size:0)[;} ]{0,3}",
        body in "(<i class=a x=5>|<b class=b>|</i>|</b>|<p>|4|<img class=a>|洛){0,12}",
    ) {
        lines(&format!("<style>{css}</style>{body}"));
    }
}
