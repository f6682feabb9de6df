//! The place of each occurrence in the decoded page.

use proptest::prelude::*;

use super::*;
use crate::extract::document::{Source, parse_html, parse_text};

/// Every occurrence: where, and what stands there in the page.
fn places(html: &str, many: usize) -> Vec<(Place, &str)> {
    let facts = collect_from(&mut parse_html(html, ""), Source::Html(html));
    let spots = facts.iter().flat_map(|fact| &fact.spots);
    let place = |spot: &Spot| {
        let rest = &html[spot.offset.expect("the place is known") as usize..];
        (spot.place, context::head(rest, 0, many))
    };
    spots.map(place).collect()
}

#[test]
fn offsets_lead_to_the_first_character() {
    let html = "<title> 热线&amp;电话\n 400-111-2222</title><p>电话&nbsp;&nbsp;\r\n  <b>(1)</b>\
         <i>4</i>00-222-3333<br>电话：&#x34;00-333-4444 400-444-5555<p title='&lt;电话 400-555-6666'>\
         <a href=' tel:400-666-7777' onclick='call(&quot;400-777&quot;+&quot;-8888&quot;)'>x</a>\
         <script>// 1\nvar a='x\\u0034\\x30',b=\"0-888-9999\";f(['电话','400','1112222'].join('-'),'tel'+a+b);\
         document.write('<p>电话<b>4</b>002223333<a href=\"tel:4003334444\">')</script>";
    assert_eq!(
        places(html, 6),
        [
            (Place::Title, "400-11"),
            (Place::Script, "400','"),
            (Place::Text, "4</i>0"),
            (Place::Script, "4</b>0"),
            (Place::Text, "&#x34;"),
            (Place::Script, "400333"),
            (Place::Text, "400-44"),
            (Place::Attr, "400-55"),
            (Place::Tel, "400-66"),
            (Place::Attr, "400-77"),
            (Place::Script, "\\u0034"),
        ]
    );
}

/// As JSON writes characters of other planes, and behind a half of one.
#[test]
fn characters_in_two_halves_are_one() {
    let html = "<script>a={\"text\":\"\\u7535\\u8bdd\\ud83d\\udcde4001112222\"};\
         b='电话\\ud835\\udfd2\\ud835\\udfce\\ud835\\udfce-222-3333',c='电话\\udcde400-333-4444\\ud83d'</script>";
    assert_eq!(
        places(html, 6),
        [
            (Place::Script, "400111"),
            (Place::Script, "\\ud835"),
            (Place::Script, "400-33"),
        ]
    );
}

/// Also behind what nobody sees, which is left out of the text.
#[test]
fn offsets_lead_behind_what_nobody_sees() {
    let html = "<title>洛\u{200b}森电\u{200b}话 400-111-2222</title><p>洛\u{ad}森&#8203;电\u{200b} \u{200b} <b>\u{feff}话\u{feff}:</b>\
         \u{200b}40\u{200b}0-222-3333 热&zwnj;线 400-333-4444</p>";
    assert_eq!(
        places(html, 5),
        [
            (Place::Title, "400-1"),
            (Place::Text, "40\u{200b}"),
            (Place::Text, "400-3"),
        ]
    );
}

#[test]
fn a_page_read_from_a_tree_has_them_too() {
    let html = "<title>热线4001112222</title><style>.no{display:none}</style>\r\n<p>电话：\r\n4<i class=no>9</i>\
         00-&#50;22-3333 <b>400</x>-333-4444</b><table>电话：4004445555<tr><td>电话400-555-6666</table>\
         <div class=no>400-666-7777</div><a href='tel:4007778888' title='电话400-888-9999'>x</a>\
         <script>a='400-999'+'-1111'</script>";
    assert_eq!(
        places(html, 6),
        [
            (Place::Title, "400111"),
            (Place::Text, "4<i cl"),
            (Place::Text, "400</x"),
            (Place::Text, "400444"),
            (Place::Text, "400-55"),
            (Place::Attr, "400-66"),
            (Place::Tel, "400777"),
            (Place::Attr, "400-88"),
            (Place::Script, "400-99"),
        ]
    );
}

#[test]
fn a_page_of_text_counts_in_title_and_text() {
    let (title, text) = (
        " 热线 4001112222",
        "一行\r\n\r\n\t电话： &amp; 400-222-3333 ",
    );
    let mut page = parse_text(Some(title), text);
    let facts = collect_from(&mut page, Source::Text { title, text });
    let at = |n: usize| facts[n].spots[0].offset.unwrap() as usize;
    assert!(title[at(0)..].starts_with("4001") && text[at(1)..].starts_with("400-2"));
}

#[test]
fn without_the_page_there_are_none() {
    let facts = collect(&mut parse_html("<p>电话：4001112222", ""));
    assert_eq!(facts[0].spots[0].offset, None);
}

#[test]
fn long_lines_and_long_references_are_read_once() {
    let text =
        "电话：&#00000000000000000000000000000000000000052;00-111-2222 <b></b>".repeat(20_000);
    for html in [
        format!("<p>{text}"),
        format!("<p title=\"{text}"),
        format!("<script>'{text}'"),
    ] {
        let facts = collect_from(&mut parse_html(&html, ""), Source::Html(&html));
        for spot in facts.iter().flat_map(|f| &f.spots) {
            let at = spot.offset.unwrap() as usize;
            assert!(html[at..].starts_with("&#") || html[at..].starts_with("00"));
        }
    }
}

proptest! {
    #[test]
    fn any_page_is_located_without_panic(html in "(<[/!]?(p|b|i|title|script|a href=['\"]?tel:|style|!--) ?>?|[0-9]{3}-?|4001112222|&#(x34|52);?|['\"+\\\\<> 热线：\r\n]|\\\\u0034|<style>b\\{display:none\\}</style>){0,40}") {
        let facts = collect_from(&mut parse_html(&html, ""), Source::Html(&html));
        for spot in facts.iter().flat_map(|f| &f.spots).filter_map(|s| s.offset) {
            prop_assert!(html.get(spot as usize..).is_some());
        }
    }
}
