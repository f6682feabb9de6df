//! What the declarations of one rule, or of one `style` attribute, do to the text of an element.

use std::borrow::Cow;

/// What an element says that [`turns`].
pub const TURNING: &str = "unicode-bidi:bidi-override;direction:rtl";

/// Bytes of a text that a style sheet adds to an element.
const MAX_CONTENT: usize = 64;

/// Without white space and in lower case.
fn compact(style: &str) -> String {
    let visible = style.chars().filter(|c| !c.is_whitespace());
    visible.map(|c| c.to_ascii_lowercase()).collect()
}

/// Do they take the element off the page?
pub fn hides(style: &str) -> bool {
    if !style.contains(':') {
        return false;
    }
    let style = compact(style);
    [
        "display:none",
        "visibility:hidden",
        "font-size:0;",
        "font-size:0px",
        "opacity:0;",
    ]
    .iter()
    .any(|rule| style.contains(rule))
        || style.ends_with("font-size:0")
        || style.ends_with("opacity:0")
        || is_off_screen(&style)
}

/// … with all that style sheets add to it? What only makes it small leaves the rest as large as it says.
pub fn removes(style: &str) -> bool {
    !compact(style).contains("font-size:0")
}

/// Is an element set far to the left of the page or above it? Expects a style without spaces.
fn is_off_screen(style: &str) -> bool {
    let taken_out = ["position:absolute", "position:fixed"];
    taken_out.iter().any(|way| style.contains(way))
        && style.split(';').any(|rule| {
            let far = ["left:-", "top:-", "margin-left:-"];
            let digits = far.iter().find_map(|side| rule.strip_prefix(side));
            digits.is_some_and(|value| {
                let many = value.bytes().take_while(u8::is_ascii_digit).count();
                let em = value[many..].starts_with("em") || value[many..].starts_with("rem");
                many >= 4 || (many == 3 && (em || value.starts_with('9')))
            })
        })
}

/// Do they show the text from right to left, whatever it is?
pub fn turns(style: &str) -> bool {
    if !style.contains("override") && !style.contains("OVERRIDE") {
        return false;
    }
    let style = style.to_ascii_lowercase();
    style.contains("rtl") && style.contains("-override") && style.contains("bidi")
}

/// What they do to the order in which the parts of an element are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    /// Its parts, the last one first.
    pub reversed: bool,
    /// Its parts that are [`Order::boxed`] stand from right to left.
    pub leftwards: bool,
    /// It is a part of its own in a line.
    pub boxed: bool,
    /// Its place among its neighbours.
    pub place: Option<i32>,
}

impl Order {
    /// It may change an order by itself.
    pub fn matters(self) -> bool {
        self.reversed || self.leftwards || self.place.is_some()
    }

    /// With what a later rule says.
    pub fn and(self, later: Order) -> Order {
        Order {
            reversed: self.reversed | later.reversed,
            leftwards: self.leftwards | later.leftwards,
            boxed: self.boxed | later.boxed,
            place: later.place.or(self.place),
        }
    }
}

/// Asked of every element with a style: most end at the first look.
pub fn order(style: &str) -> Order {
    let may = ["order", "-reverse", "rtl", "-block", "ORDER"];
    if !may.iter().any(|word| style.contains(word)) {
        return Order::default();
    }
    let style = compact(style);
    let mut order = Order::default();
    for rule in style.split(';') {
        let rule = rule.trim_end_matches("!important");
        match rule.split_once(':') {
            Some(("order", value)) => order.place = value.parse().ok(),
            Some(("flex-direction" | "flex-flow", value)) => {
                order.reversed = value.contains("row-reverse");
            }
            Some(("direction", "rtl")) => order.leftwards = true,
            Some(("display", "inline-block")) => order.boxed = true,
            _ => {}
        }
    }
    // These turn characters, and not boxes alone.
    order.leftwards &= !turns(&style);
    order
}

/// The text that `content` adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Text(String),
    /// The value of this attribute of the element.
    Attribute(String),
}

impl Content {
    /// A digit, or something that only the element can tell.
    pub fn matters(&self) -> bool {
        match self {
            Content::Text(text) => text.chars().any(char::is_numeric),
            Content::Attribute(_) => true,
        }
    }

    pub fn of<'a>(&'a self, attribute: impl Fn(&str) -> Option<&'a str>) -> Cow<'a, str> {
        let text = match self {
            Content::Text(text) => text,
            Content::Attribute(name) => attribute(name).unwrap_or_default(),
        };
        Cow::Borrowed(&text[..text.floor_char_boundary(MAX_CONTENT)])
    }
}

/// `content: "…"`, or `attr(…)`, by itself: the last of them.
pub fn content(style: &str) -> Option<Content> {
    let values = style.match_indices("content").filter_map(|(at, name)| {
        let own = !style[..at].ends_with(|c: char| c == '-' || c.is_ascii_alphanumeric());
        let value = style[at + name.len()..].trim_start().strip_prefix(':')?;
        own.then(|| value.trim_start())
    });
    let value = values.last()?;
    if let Some(inner) = value.strip_prefix("attr(") {
        let name = inner.split(')').next()?.trim().to_ascii_lowercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let named = !name.is_empty() && name.chars().all(plain);
        return named.then_some(Content::Attribute(name));
    }
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(Content::Text(string(&value[1..], quote)))
}

/// A string of CSS up to its closing quote, with its escapes resolved (CSS Syntax, 4.3.7).
fn string(text: &str, quote: char) -> String {
    const HEX: usize = 6;
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next()
        && c != quote
        && out.len() < MAX_CONTENT
    {
        rest = &rest[c.len_utf8()..];
        if c != '\\' {
            out.push(c);
            continue;
        }
        let hex = rest.bytes().take(HEX).take_while(u8::is_ascii_hexdigit);
        let (code, left) = rest.split_at(hex.count());
        match u32::from_str_radix(code, 16) {
            Ok(code) => {
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = left.strip_prefix([' ', '\t', '\n']).unwrap_or(left);
            }
            // The character itself comes next.
            Err(_) => {
                let own = left.chars().next();
                out.extend(own.filter(|c| *c != '\n'));
                rest = &left[own.map_or(0, char::len_utf8)..];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_text_is_read_with_its_escapes() {
        let text = |style| match content(style) {
            Some(Content::Text(text)) => text,
            other => panic!("{style}: {other:?}"),
        };
        assert_eq!(text("content:'4'"), "4");
        assert_eq!(text("color:red; content : \"\\34 00\\2d\\\"\""), "400-\"");
        assert_eq!(text("content:'\\0034 1\\0000350'"), "4150");
        assert_eq!(text("content:'4\\\n1'"), "41");
        assert_eq!(content("content:none"), None);
        assert_eq!(content("justify-content:'4'"), None);
        let named = Content::Attribute("data-t".into());
        assert_eq!(content("content: attr( data-T )"), Some(named));
        assert_eq!(content("content:attr(a b)"), None);
    }

    #[test]
    fn an_order_is_one_by_its_own_property() {
        assert_eq!(order("border:2px; z-order:3"), Order::default());
        assert_eq!(order("order: -2 !important").place, Some(-2));
        assert!(order("display:flex;flex-flow:row-reverse nowrap").reversed);
        assert!(order("direction:rtl").leftwards && !order(TURNING).leftwards);
    }

    proptest::proptest! {
        #[test]
        fn any_style_is_read(style in "[content:'\"\\\\4a\n ;()attr洛]{0,24}", text in "[\\\\0-9a'洛 \n]{0,16}") {
            let _ = (content(&style), order(&style), hides(&style), string(&text, '\''));
        }
    }
}
