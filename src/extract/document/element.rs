//! What HTML says of each element.

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
            "alt" | "title" | "placeholder" | "value" | "label" | "aria-label" | "summary"
        )
}

/// The name of a `<meta>` whose content says in words what the page is.
pub fn describes(meta: &str) -> bool {
    let name = meta.rsplit(':').next().unwrap_or(meta);
    ["description", "keywords", "title"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// What a link dials or writes a message to.
pub fn dialled(href: &str) -> Option<&str> {
    const SCHEMES: [&str; 5] = ["tel:", "sms:", "smsto:", "callto:", "wtai://wp/mc;"];
    let known = SCHEMES.iter().find(|scheme| {
        let own = href.get(..scheme.len());
        own.is_some_and(|own| own.eq_ignore_ascii_case(scheme))
    })?;
    Some(&href[known.len()..])
}
