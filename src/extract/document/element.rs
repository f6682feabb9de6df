//! What HTML says of each element.

use std::borrow::Cow;

/// Elements that begin or end a block of text.
pub fn breaks_line(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "br"
            | "button"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "frameset"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hr"
            | "html"
            | "iframe"
            | "legend"
            | "li"
            | "main"
            | "marquee"
            | "menu"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "pre"
            | "section"
            | "select"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "textarea"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
    )
}

pub fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

pub fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

pub fn carries_words(attribute: &str) -> bool {
    attribute.starts_with("data-")
        || attribute.starts_with("on")
        || matches!(
            attribute,
            "alt"
                | "title"
                | "placeholder"
                | "value"
                | "label"
                | "aria-label"
                | "summary"
                | "srcdoc"
        )
}

/// The name of a `<meta>` whose content says in words what the page is.
pub fn describes(meta: &str) -> bool {
    let name = meta.rsplit(':').next().unwrap_or(meta);
    ["description", "keywords", "title"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// The part of a `<meta>`'s name that announces a telephone number: `og:phone_number`. What says
/// whether numbers are to be made links announces none.
pub fn announces_telephone(meta: &str) -> Option<&str> {
    let name = meta.rsplit(':').next().unwrap_or(meta);
    let parts = name.split(['_', '-', '.']);
    let telephone = |part: &str| {
        ["phone", "telephone", "tel"]
            .iter()
            .any(|known| part.eq_ignore_ascii_case(known))
    };
    parts.into_iter().any(telephone).then_some(name)
}

/// The name under which an attribute is kept. A hidden field's value means what the field is
/// called: `value-id`. A button's is what people read on it: its label.
pub fn value_name<'a>(
    element: &str,
    key: &'a str,
    get: impl Fn(&str) -> Option<&'a str>,
) -> Cow<'a, str> {
    let hidden = || get("type").is_some_and(|t| t.eq_ignore_ascii_case("hidden"));
    let button = || {
        let kind = get("type").unwrap_or_default();
        ["button", "submit", "reset"]
            .iter()
            .any(|known| kind.eq_ignore_ascii_case(known))
    };
    if element != "input" || key != "value" {
        return Cow::Borrowed(key);
    }
    match get("name").filter(|_| hidden()) {
        Some(name) => Cow::Owned(format!("value-{name}")),
        None if button() => Cow::Borrowed("label"),
        None => Cow::Borrowed(key),
    }
}

/// What a link leads to.
pub enum Target<'a> {
    /// Calls or writes a message to this.
    Call(&'a str),
    /// Runs this script.
    Script(&'a str),
    /// A mail or a chat.
    Contact,
    Page,
}

impl<'a> Target<'a> {
    pub fn of(href: &'a str) -> Self {
        const CALLS: [&str; 5] = ["tel:", "sms:", "smsto:", "callto:", "wtai://wp/mc;"];
        const CONTACTS: [&str; 5] = ["mailto:", "tencent:", "mqqwpa:", "mqqapi:", "weixin:"];
        let href = href.trim_start();
        let starts = |scheme: &str| {
            let own = href.get(..scheme.len());
            own.is_some_and(|own| own.eq_ignore_ascii_case(scheme))
        };
        if let Some(scheme) = CALLS.into_iter().find(|s| starts(s)) {
            return Target::Call(&href[scheme.len()..]);
        }
        match starts("javascript:") {
            true => Target::Script(&href["javascript:".len()..]),
            false if CONTACTS.into_iter().any(starts) => Target::Contact,
            false => Target::Page,
        }
    }
}
