//! HTML inside a script's strings.

/// HTML in a string, read.
pub struct Read<'a> {
    /// Inline tags and comments are taken out so that split digits join, block tags are line
    /// ends.
    pub words: String,
    /// The values of `tel:` links, and where they stand in the string.
    pub calls: Vec<(usize, &'a str)>,
    /// From byte `.0` of the words on, they come from byte `.1` of the string.
    stretches: Vec<(usize, usize)>,
}

impl Read<'_> {
    /// Where in the string byte `at` of the words comes from.
    pub fn origin(&self, at: usize) -> usize {
        let behind = self.stretches.partition_point(|&(words, _)| words <= at);
        match behind.checked_sub(1).map(|last| self.stretches[last]) {
            Some((words, string)) => string + at - words,
            None => at,
        }
    }
}

pub fn without_tags(html: &str) -> Read<'_> {
    let mut words = String::with_capacity(html.len());
    let mut calls = Vec::new();
    let mut stretches = Vec::new();
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
            let start = html.len() - rest.len() + at + 4;
            let call = &tag[at + 4..];
            let end = call.find(['"', '\'', '>', ' ']).unwrap_or(call.len());
            calls.push((start, &call[..end]));
        }
        rest = &rest[end..];
        stretches.push((words.len(), html.len() - rest.len()));
    }
    words.push_str(rest);
    Read {
        words,
        calls,
        stretches,
    }
}
