//! The exact source text of what was found, though patterns see a text in plain forms.

use std::ops::Range;

use regex::Captures;
use serde::{Deserialize, Serialize};

use crate::extract::fold;
use crate::extract::veil::is_veil;

/// Longest quote in bytes.
const MAX_QUOTE: usize = 200;

/// What stands on the page for each entry of the lists of [`super::Identifiers`], in their order: exact
/// text of the source, at most 200 bytes each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quotes {
    pub filings: Vec<String>,
    pub trackers: Vec<String>,
    pub contacts: Vec<String>,
}

impl Quotes {
    /// Everything was made of one text.
    pub fn all_are(&mut self, text: &str) {
        let lists = [&mut self.filings, &mut self.trackers, &mut self.contacts];
        for quote in lists.into_iter().flatten() {
            *quote = quoted(text);
        }
    }
}

/// As much of a text as is kept.
pub fn quoted(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_QUOTE)].to_owned()
}

/// A text with ASCII in place of full-width letters, digits and signs, and simplified characters;
/// invisible ones taken out.
pub struct Folded<'a> {
    source: &'a str,
    pub text: String,
}

impl<'a> Folded<'a> {
    pub fn of(source: &'a str) -> Self {
        let text = fold::simple(source).chars().filter_map(plain).collect();
        Folded { source, text }
    }

    /// What stands in the source where the text has this.
    pub fn source(&self, range: Range<usize>) -> &'a str {
        let simple = fold::simple(self.source);
        let mut simple = simple.chars();
        part_of(self.source, range, |_| {
            let plain = simple.next().and_then(plain);
            plain.map_or(0, char::len_utf8)
        })
    }

    /// What stands in the source where a pattern was found in the text.
    pub fn quote(&self, captures: &Captures) -> &'a str {
        captures.get(0).map_or("", |all| self.source(all.range()))
    }
}

fn plain(c: char) -> Option<char> {
    match c {
        c if is_veil(c) => None,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        '\u{3000}' | '\u{a0}' => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        c => Some(c),
    }
}

/// The part of a source that a range of a text stands for, which was made of it character by
/// character; `made` says how many bytes became of each, in order.
pub fn part_of(source: &str, range: Range<usize>, mut made: impl FnMut(char) -> usize) -> &str {
    let (mut at, mut start, mut end) = (0, source.len(), source.len());
    for (place, c) in source.char_indices() {
        if at >= range.end {
            end = place;
            break;
        }
        let bytes = made(c);
        if bytes > 0 && at >= range.start {
            start = start.min(place);
        }
        at += bytes;
    }
    source.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::strategy::Strategy;

    use crate::extract::identifier::collect;
    use crate::extract::identifier::tests::{page, pairs, script};

    #[test]
    fn quotes_are_the_source() {
        let line = "备案：苏ＩＣＰ备２０２００６１５３８号－２ 微\u{200b}信：ｌｏｒ８８８ 邮箱 a(at)lor.cn";
        let found = collect(&page(&[line]));
        assert_eq!(found.filings[0].text, "苏ICP备2020061538号-2");
        assert_eq!(
            found.quotes.filings,
            ["苏ＩＣＰ备２０２００６１５３８号－２"]
        );
        assert_eq!(
            pairs(&found.contacts),
            [("email", "a@lor.cn"), ("wechat", "lor888")]
        );
        assert_eq!(
            found.quotes.contacts,
            ["邮箱 a(at)lor.cn", "微\u{200b}信：ｌｏｒ８８８"]
        );
        let body = r#"document.write("<script src=\"https:\/\/js.users.51.la\/21234567.js\">")"#;
        let found = script(body);
        assert_eq!(pairs(&found.trackers), [("51la", "21234567")]);
        assert_eq!(found.quotes.trackers, [r"js.users.51.la\/21234567.js"]);
    }

    proptest::proptest! {
        /// Whatever stands around them, quotes stand in the line.
        #[test]
        fn quotes_stand_in_the_line(
            pieces in proptest::collection::vec(
                proptest::prop_oneof![
                    "\\PC{0,6}",
                    proptest::sample::select(vec![
                        "ＩＣＰ備", "粤ICP备", "１２３４５６７８", "号-1", "公安备案", "QQ:", "Q Q：", "微 信", "薇信：",
                        "加v", "lor_88", "\u{200b}", "\u{3000}", "a@lor.cn", "邮箱", "(at)", "[dot]", "44030502008296",
                    ]).prop_map(str::to_owned),
                ],
                0..12,
            )
        ) {
            let line = pieces.concat();
            let found = collect(&page(&[&line]));
            for quote in found.quotes.filings.iter().chain(&found.quotes.contacts) {
                proptest::prop_assert!(!quote.is_empty() && line.contains(quote.as_str()), "{quote}");
            }
        }
    }
}
