//! HTML inside a script's strings.

/// The words of HTML in a string, inline tags and comments taken out so that split digits join,
/// block tags as line ends; and the values of `tel:` links.
pub fn without_tags(html: &str) -> (String, Vec<&str>) {
    let mut words = String::with_capacity(html.len());
    let mut calls = Vec::new();
    let mut rest = html;
    let last_comment_end = html.rfind("-->").unwrap_or(0);
    let last_close = html.rfind('>').unwrap_or(0);
    while let Some(open) = rest.find('<') {
        words.push_str(&rest[..open]);
        rest = &rest[open..];
        let at = html.len() - rest.len();
        let end = if rest.starts_with("<!--") && at < last_comment_end {
            rest.find("-->").map(|at| at + 3)
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            rest.find('>').map(|at| at + 1)
        } else {
            None
        };
        let Some(end) = end else {
            words.push('<');
            rest = &rest[1..];
            if at >= last_close {
                break;
            }
            continue;
        };
        let tag = &rest[..end];
        let name = tag.trim_start_matches(['<', '/']);
        let inline = [
            "a", "b", "i", "em", "strong", "span", "font", "u", "s", "small", "big", "!--",
        ];
        let name = &name[..name
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '!' && c != '-')
            .unwrap_or(name.len())];
        if !inline.iter().any(|known| name.eq_ignore_ascii_case(known)) && !tag.starts_with("<!--")
        {
            words.push('\n');
        }
        if let Some(at) = tag.find("tel:") {
            let call = &tag[at + 4..];
            calls.push(&call[..call.find(['"', '\'', '>', ' ']).unwrap_or(call.len())]);
        }
        rest = &rest[end..];
    }
    words.push_str(rest);
    (words, calls)
}
