//! The rules of style sheets that change what the text of a page is.

use memchr::memmem;
use scraper::Selector;

use super::declaration::{self, Content, Order};
use crate::extract::markup::{self, Token};

/// Style sheets of longer pages are not read.
const MAX_SOURCE: usize = 512 << 10;
/// Selectors that are tried (each part of a list by itself), and the compounds in one.
const MAX_SELECTORS: usize = 128;
const MAX_COMPOUNDS: usize = 4;
/// A condition on the width of a window, in pixels, that nearly all windows meet.
const NARROW: u32 = 400;
const WIDE: u32 = 2_000;

/// A selector with what its rule does, and how many steps one try of it may take.
#[derive(Debug)]
pub struct Rule {
    pub selector: Selector,
    pub simple: usize,
    pub climbs: bool,
    pub effect: Effect,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The element is not shown, with all that is added to it or without.
    Hides {
        added: bool,
    },
    Turns,
    Orders(Order),
    Before(Content),
    After(Content),
}

/// The rules of `<style>` elements, in order, where one of them has an effect by itself.
pub fn rules(html: &str) -> Vec<Rule> {
    // Nearly every page is done here.
    if html.len() > MAX_SOURCE || !may_matter(html) {
        return Vec::new();
    }
    let mut rules = Vec::new();
    let mut in_style = false;
    for token in markup::tokens(html) {
        match token {
            Token::Open { name, .. } => in_style = name == "style",
            Token::Raw(css) if in_style => read(css, &mut rules),
            _ => {}
        }
    }
    let matters = |rule: &Rule| match &rule.effect {
        Effect::Hides { .. } | Effect::Turns => true,
        Effect::Orders(order) => order.matters(),
        Effect::Before(content) | Effect::After(content) => content.matters(),
    };
    match rules.iter().any(matters) {
        true => rules,
        false => Vec::new(),
    }
}

/// Is there a style sheet with a word that such a rule has?
fn may_matter(html: &str) -> bool {
    let bytes = html.as_bytes();
    let named = |at: &usize| {
        bytes
            .get(at + 2..at + 6)
            .is_some_and(|rest| rest.eq_ignore_ascii_case(b"tyle"))
    };
    let mut starts = ["<s", "<S"]
        .iter()
        .flat_map(|start| memmem::find_iter(bytes, start));
    starts.by_ref().filter(named).any(|at| {
        let end = memmem::find(&bytes[at..], b"</").map_or(bytes.len(), |end| at + end);
        let css = bytes[at..end].to_ascii_lowercase();
        [
            ("display", "none"),
            ("visibility", "hidden"),
            ("opacity", "0"),
            ("font-size", "0"),
            ("left", "-9"),
            ("margin-left", "-9"),
            ("top", "-9"),
            ("unicode-bidi", "bidi-override"),
            ("unicode-bidi", "isolate-override"),
            ("direction", "rtl"),
            ("flex-direction", "row-reverse"),
            ("flex-flow", "row-reverse"),
            ("content", "attr("),
        ]
        .iter()
        .any(|(property, value)| sets(&css, property, |given| given.starts_with(value.as_bytes())))
            || sets(&css, "content", is_text_with_digits)
            || sets(&css, "order", |given| {
                matches!(given, [b'-' | b'0'..=b'9', ..])
            })
    })
}

/// A string that holds a digit, or an escape of one. Escapes of icons are of the private area.
fn is_text_with_digits(given: &[u8]) -> bool {
    let [quote @ (b'"' | b'\''), text @ ..] = given else {
        return false;
    };
    let text = text.split(|b| b == quote).next().unwrap_or_default();
    let private = matches!(text, [b'\\', b'e' | b'f', ..]);
    !private && text.iter().any(|b| b.is_ascii_digit() || *b >= 0x80)
}

/// `property: value`, with or without spaces, with a value that passes the test.
fn sets(css: &[u8], property: &str, test: impl Fn(&[u8]) -> bool) -> bool {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    memmem::find_iter(css, property)
        .filter(|at| !css[..*at].last().is_some_and(inside))
        .any(|at| {
            let mut rest = &css[at + property.len()..];
            while let [b' ' | b'\t' | b'\n' | b'\r' | b':', tail @ ..] = rest {
                rest = tail;
            }
            test(rest)
        })
}

/// Reads `selector { … }` rules, those inside of `@media` and its like too where everybody sees
/// them.
fn read(css: &str, rules: &mut Vec<Rule>) {
    // The open blocks of rules: does what stands in them count?
    let mut blocks: Vec<bool> = Vec::new();
    let mut rest = css;
    while let Some(at) = memchr::memchr2(b'{', b'}', rest.as_bytes()) {
        let (before, behind) = (&rest[..at], &rest[at + 1..]);
        rest = behind;
        if css.as_bytes()[css.len() - behind.len() - 1] == b'}' {
            blocks.pop();
            continue;
        }
        let head = before.rsplit([';', '/']).next().unwrap_or_default().trim();
        if head.starts_with('@') {
            blocks.push(blocks.last() != Some(&false) && is_for_all(head));
            continue;
        }
        let (body, behind) = behind.split_once('}').unwrap_or((behind, ""));
        rest = behind;
        if blocks.last() != Some(&false) {
            rule(head, body, rules);
        }
    }
}

/// Does a block of rules count for nearly everybody who looks at the page?
fn is_for_all(head: &str) -> bool {
    let head = head.to_ascii_lowercase();
    let Some(query) = head.strip_prefix("@media") else {
        let grouping = ["@supports", "@layer", "@container"];
        return grouping.iter().any(|at| head.starts_with(at));
    };
    // `@media screen and (min-width: 1px)`
    let met = |condition: &str| {
        let (name, value) = condition.split_once(':').unwrap_or((condition, ""));
        let digits = value.trim_start().bytes().take_while(u8::is_ascii_digit);
        let pixels = digits.fold(0u32, |n, d| {
            n.saturating_mul(10).saturating_add(u32::from(d - b'0'))
        });
        match name.trim() {
            "min-width" | "min-device-width" => pixels <= NARROW,
            "max-width" | "max-device-width" => pixels >= WIDE,
            _ => false,
        }
    };
    let mut conditions = query.split('(').skip(1);
    let printed = query.contains("print") && !query.contains("not");
    !printed && conditions.all(|condition| met(condition.split(')').next().unwrap_or_default()))
}

/// Reads one rule: its list of selectors, and its declarations.
fn rule(head: &str, body: &str, rules: &mut Vec<Rule>) {
    let hides = declaration::hides(body).then(|| Effect::Hides {
        added: declaration::removes(body),
    });
    let turns = || declaration::turns(body).then_some(Effect::Turns);
    let order = declaration::order(body);
    let orders = (order != Order::default()).then_some(Effect::Orders(order));
    let content = match head.contains(':') {
        true => declaration::content(body),
        false => None,
    };
    let effects = [hides.or_else(turns), orders];
    if content.is_none() && effects.iter().all(Option::is_none) {
        return;
    }
    for part in head.split(',').map(str::trim) {
        let added = content.as_ref().and_then(|content| {
            let (name, pseudo) = part.split_once(':')?;
            match pseudo.trim_start_matches(':') {
                "before" => Some((name, Effect::Before(content.clone()))),
                "after" => Some((name, Effect::After(content.clone()))),
                _ => None,
            }
        });
        let own = effects
            .iter()
            .flatten()
            .map(|effect| (part, effect.clone()));
        for (part, effect) in own.chain(added) {
            if rules.len() >= MAX_SELECTORS {
                return;
            }
            rules.extend(select(part).map(|(selector, simple, climbs)| Rule {
                selector,
                simple,
                climbs,
                effect,
            }));
        }
    }
}

/// Reads one selector of a list, with its steps and whether it looks at ancestors. Pseudo-classes
/// depend on a user's action and are left out; `+` and `~` would make every element look at all its
/// siblings.
pub(super) fn select(part: &str) -> Option<(Selector, usize, bool)> {
    if part.is_empty() || part.len() > 256 || part.contains([':', '@', '*', '+', '~']) {
        return None;
    }
    let compounds = part
        .split(|c: char| c == '>' || c.is_whitespace())
        .filter(|compound| !compound.is_empty())
        .count();
    if compounds > MAX_COMPOUNDS {
        return None;
    }
    let simple = compounds + part.matches(['.', '#', '[']).count();
    Some((Selector::parse(part).ok()?, simple, compounds > 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_count_where_nearly_everybody_sees_them() {
        for (head, counts) in [
            ("@media all", true),
            ("@media screen", true),
            ("@media screen and (min-width: 1px)", true),
            ("@MEDIA (max-width:9999px)", true),
            ("@media not print", true),
            ("@media print", false),
            ("@media (max-width:768px)", false),
            ("@media screen and (min-width:1200px)", false),
            ("@media (orientation:landscape)", false),
            ("@supports (display:grid)", true),
            ("@keyframes a", false),
        ] {
            assert_eq!(is_for_all(head), counts, "{head}");
        }
    }

    #[test]
    fn rules_inside_of_blocks_end_with_them() {
        let css = "@media print{.a{display:none}.b{display:none}}.c{display:none}";
        let all = rules(&format!("<style>{css}@media all{{.d{{opacity:0}}</style>"));
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(rules("<style>.i:before{content:'\\e900'}</style>").is_empty());
        assert!(rules("<style>.i{border:2px solid}.j{z-order:1}</style>").is_empty());
        assert_eq!(
            rules("<style>a::after, b:hover{content:'4'}</style>").len(),
            1
        );
    }

    #[test]
    fn selectors_among_siblings_or_of_great_depth_are_refused() {
        for css in ["i ~ .no", "i + .no", "a b c d .no", "[class~=no]", ""] {
            assert!(select(css).is_none(), "{css}");
        }
    }
}
