use super::*;
use proptest::prelude::*;

const SIMPLIFIED: &str = "<html><head><title>空调维修服务中心</title></head><body><p>本公司专业从事各种品牌家用电器的上门安装与维修，二十四小时客服热线，欢迎来电咨询。</p></body></html>";
const TRADITIONAL: &str = "<html><head><title>冷氣維修服務</title></head><body><p>本公司專業從事各種品牌家用電器的到府安裝與維修，歡迎來電諮詢，我們將竭誠為您服務。</p></body></html>";
/// Characters that GB18030 has and GBK has not.
const BEYOND_GBK: &str = "<p>㐀㐁 𠀀𠀁 한국 维修服务中心欢迎您</p>";

fn encoded(text: &str, label: &str) -> Vec<u8> {
    match label {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => {
            let (bytes, _, lossy) = Encoding::for_label(label.as_bytes()).unwrap().encode(text);
            assert!(!lossy, "{label} has not all of {text}");
            bytes.into_owned()
        }
    }
}

fn with_meta(text: &str, charset: &str) -> String {
    text.replacen("<head>", &format!("<head><meta charset=\"{charset}\">"), 1)
}

/// One row: what the page says, its real encoding, what the header and the page declare, and the
/// name and source that are expected.
struct Case(
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    &'static str,
    Source,
);

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Right declarations.
    Case(SIMPLIFIED, "gbk", Some("text/html; charset=gbk"), None, "gb18030", Source::Header),
    Case(SIMPLIFIED, "gbk", Some("text/html;CHARSET=\"GB2312\""), None, "gb18030", Source::Header),
    Case(SIMPLIFIED, "gbk", None, Some("gb2312"), "gb18030", Source::Meta),
    Case(SIMPLIFIED, "gbk", None, Some("cp936"), "gb18030", Source::Meta),
    Case(BEYOND_GBK, "gb18030", Some("text/html; charset=gb2312"), None, "gb18030", Source::Header),
    Case(TRADITIONAL, "big5", Some("text/html; charset=big5"), None, "Big5", Source::Header),
    Case(TRADITIONAL, "big5", None, Some("big5"), "Big5", Source::Meta),
    Case(SIMPLIFIED, "utf-8", Some("text/html; charset=utf8"), None, "UTF-8", Source::Header),
    Case(SIMPLIFIED, "utf-8", Some("text/html"), Some("utf-8"), "UTF-8", Source::Meta),
    Case(SIMPLIFIED, "utf-16le", Some("text/html; charset=utf-16"), None, "UTF-16LE", Source::Header),
    Case(SIMPLIFIED, "utf-16be", Some("text/html; charset=utf-16be"), None, "UTF-16BE", Source::Header),
    // The header stands before meta.
    Case(SIMPLIFIED, "gbk", Some("text/html; charset=gbk"), Some("utf-8"), "gb18030", Source::Header),
    Case(SIMPLIFIED, "utf-8", Some("text/html; charset=utf-8"), Some("gb2312"), "UTF-8", Source::Header),
    // No declaration.
    Case(SIMPLIFIED, "utf-8", None, None, "UTF-8", Source::Detected),
    Case(SIMPLIFIED, "gbk", None, None, "gb18030", Source::Detected),
    Case(SIMPLIFIED, "gbk", Some("text/html"), None, "gb18030", Source::Detected),
    Case(TRADITIONAL, "big5", None, None, "Big5", Source::Detected),
    Case(SIMPLIFIED, "utf-16le", None, None, "UTF-16LE", Source::Detected),
    Case(TRADITIONAL, "utf-16be", Some("text/html"), None, "UTF-16BE", Source::Detected),
    // Declarations that mean nothing.
    Case(SIMPLIFIED, "gbk", Some("text/html; charset=x-unknown"), Some("gbk"), "gb18030", Source::Meta),
    Case(SIMPLIFIED, "gbk", Some("text/html; charset="), None, "gb18030", Source::Detected),
    Case(SIMPLIFIED, "gbk", Some("text/html; charset=iso-8859-1"), Some("gb2312"), "gb18030", Source::Meta),
    Case(SIMPLIFIED, "gbk", Some("text/html; charset=iso-8859-1"), None, "gb18030", Source::Detected),
    Case(SIMPLIFIED, "utf-8", Some("text/html; charset=iso-8859-1"), None, "UTF-8", Source::Detected),
    // Wrong declarations.
    Case(SIMPLIFIED, "gbk", Some("text/html; charset=utf-8"), None, "gb18030", Source::Detected),
    Case(SIMPLIFIED, "gbk", None, Some("utf-8"), "gb18030", Source::Detected),
    Case(TRADITIONAL, "big5", None, Some("utf-8"), "Big5", Source::Detected),
    Case(SIMPLIFIED, "utf-8", Some("text/html; charset=gbk"), None, "UTF-8", Source::Detected),
    Case(SIMPLIFIED, "utf-8", None, Some("gb2312"), "UTF-8", Source::Detected),
    Case(TRADITIONAL, "utf-8", None, Some("big5"), "UTF-8", Source::Detected),
    Case(SIMPLIFIED, "utf-16le", Some("text/html; charset=utf-8"), None, "UTF-16LE", Source::Detected),
    Case(SIMPLIFIED, "utf-16be", Some("text/html; charset=utf-16le"), None, "UTF-16BE", Source::Detected),
    Case(SIMPLIFIED, "gbk", Some("text/html; charset=utf-16"), None, "gb18030", Source::Detected),
    // A meta element that could be read was not UTF-16.
    Case(SIMPLIFIED, "utf-8", None, Some("utf-16"), "UTF-8", Source::Meta),
    // European pages.
    Case("<p>Größe: schöne Grüße aus Köln</p>", "windows-1252", Some("text/html; charset=iso-8859-1"), None, "windows-1252", Source::Header),
    Case("<p>Größe: schöne Grüße aus Köln</p>", "utf-8", Some("text/html; charset=utf-8"), None, "UTF-8", Source::Header),
];

#[test]
fn encodings_are_found_and_the_reason_is_kept() {
    for (n, Case(text, real, header, meta, name, source)) in CASES.iter().enumerate() {
        let text = meta.map_or((*text).to_owned(), |m| with_meta(text, m));
        let bytes = encoded(&text, real);
        let decoded = decode(&bytes, *header);
        assert_eq!(decoded.text, text, "case {n}: {real} {header:?} {meta:?}");
        let expected = Charset {
            name: (*name).to_owned(),
            source: *source,
            malformed: false,
        };
        assert_eq!(
            decoded.charset, expected,
            "case {n}: {real} {header:?} {meta:?}"
        );
    }
}

#[test]
fn a_page_cut_anywhere_keeps_its_encoding() {
    for (n, Case(text, real, header, meta, name, source)) in CASES.iter().enumerate() {
        let text = meta.map_or((*text).to_owned(), |m| with_meta(text, m));
        let bytes = encoded(&text, real);
        // Without a declaration, enough has to be left to recognise.
        for cut in 1..bytes.len().min(60) {
            let decoded = decode(&bytes[..bytes.len() - cut], *header);
            assert!(text.starts_with(&*decoded.text), "case {n} cut {cut}");
            assert_eq!(&decoded.charset.name, name, "case {n} cut {cut}");
            assert_eq!(&decoded.charset.source, source, "case {n} cut {cut}");
            assert!(!decoded.charset.malformed, "case {n} cut {cut}");
        }
    }
}

#[test]
fn a_byte_order_mark_wins() {
    let text = SIMPLIFIED;
    let marked: [(&[u8], &str, &str); 3] = [
        (b"\xef\xbb\xbf", "utf-8", "UTF-8"),
        (b"\xff\xfe", "utf-16le", "UTF-16LE"),
        (b"\xfe\xff", "utf-16be", "UTF-16BE"),
    ];
    for (mark, real, name) in marked {
        let bytes = [mark, &encoded(text, real)].concat();
        let decoded = decode(&bytes, Some("text/html; charset=gbk"));
        assert_eq!(decoded.text, text);
        assert_eq!(
            (decoded.charset.name.as_str(), decoded.charset.source),
            (name, Source::Bom)
        );
    }
}

#[test]
fn a_mark_before_text_of_another_encoding_is_overridden() {
    let bytes = [b"\xef\xbb\xbf", &encoded(SIMPLIFIED, "gbk")[..]].concat();
    let decoded = decode(&bytes, None);
    assert_eq!(decoded.text, SIMPLIFIED);
    assert_eq!(decoded.charset.source, Source::Detected);
}

#[test]
fn one_broken_character_is_damage_not_another_encoding() {
    for label in ["utf-8", "gbk"] {
        let mut bytes = encoded(SIMPLIFIED, label);
        let at = bytes.iter().position(|b| !b.is_ascii()).unwrap();
        bytes.insert(at, 0xff);
        for header in [None, Some(format!("text/html; charset={label}"))] {
            let decoded = decode(&bytes, header.as_deref());
            let name = if label == "gbk" { "gb18030" } else { "UTF-8" };
            assert_eq!(decoded.charset.name, name, "{header:?}");
            assert!(decoded.charset.malformed);
            assert!(decoded.text.contains("欢迎来电咨询"), "{}", decoded.text);
        }
    }
}

#[test]
fn clean_utf_8_is_not_copied() {
    for header in [
        None,
        Some("text/html; charset=utf-8"),
        Some("text/html; charset=gbk"),
    ] {
        let decoded = decode(SIMPLIFIED.as_bytes(), header);
        assert!(matches!(decoded.text, Cow::Borrowed(_)), "{header:?}");
    }
    let decoded = decode(b"<p>ascii</p>", Some("text/html; charset=gbk"));
    assert!(matches!(decoded.text, Cow::Borrowed("<p>ascii</p>")));
}

#[test]
fn declarations_are_found_where_pages_put_them() {
    let found = |html: &str| prescan(html.as_bytes()).map(Encoding::name);
    for html in [
        "<meta charset=gbk>",
        "<META CharSet = 'GB2312' />",
        "<meta/charset=\"gbk\"/>",
        "<meta http-equiv=Content-Type content=text/html;charset=gb2312>",
        "<meta content=\"text/html; charset=gbk\" http-equiv=\"Content-Type\">",
        "<?xml version=\"1.0\" encoding=\"gb2312\"?><html>",
        "\n <?xml version='1.0' encoding = 'GBK'?>",
        "<!-- <meta charset=big5> --><meta charset=gbk>",
        "<meta name=a content=\"charset=big5\"><meta charset=gbk>",
        "<meta =x charset=gbk>",
        "<meta name=\"keywords\" content=\"\u{ff}\u{fe}\"><meta charset=gbk>",
    ] {
        assert_eq!(found(html), Some("gb18030"), "{html}");
    }
    for html in [
        "<metadata charset=gbk>",
        "<!-- <meta charset=gbk> -->",
        "<meta name=a content=\"charset=gbk\">",
        "<meta charset=\"gbk",
        "<meta charset>",
        "<meta",
        "",
        "<?xml encoding=",
    ] {
        assert_eq!(found(html), None, "{html}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(bytes in any::<Vec<u8>>(), header in any::<Option<String>>()) {
        decode(&bytes, header.as_deref());
    }

    #[test]
    fn markup_of_any_shape_is_survived(
        html in "[<!?/>=\"' \u{4e2d}-]{0,8}(<meta|<\\?xml|<!--|charset|encoding|=|gbk|'|\"|>| ){0,20}",
        header in "(charset|=|gbk|\"|;| |utf-8){0,8}",
    ) {
        decode(html.as_bytes(), Some(&header));
    }

    #[test]
    fn text_declared_rightly_comes_back(text in "[a-z<> \u{4e00}-\u{9fa5}]{0,80}") {
        let bytes = encoded(&text, "gb18030");
        let decoded = decode(&bytes, Some("text/html; charset=gb18030"));
        // Some characters in GB18030 happen to be UTF-8 as well; then the bytes cannot tell.
        prop_assume!(decoded.charset.source == Source::Header);
        prop_assert_eq!(decoded.text, text);
    }
}
