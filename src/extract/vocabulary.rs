//! How many words of each word list a line holds, found in one pass over the line for all lists.
//!
//! Each list counts for itself: leftmost and longest, without overlap inside the list, as if the
//! others were not there.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::dictionary::{Dictionary, entries};
use super::fold::{fold, lower_case, wide};
use super::veil::is_veil;

/// Classes of `data/signs.txt`.
pub const CLASSES: [&str; 13] = [
    "call", "nation", "decor", "warn", "firm", "local", "price", "official", "forum", "law",
    "list", "advice", "press",
];

/// Words of service.
const SERVICE: &[&str] = &[
    "售后",
    "维修",
    "客服",
    "报修",
    "服务",
    "保养",
    "安装",
    "清洗",
    "客户关怀",
    "检修",
    "修理",
    "快修",
    "抢修",
    "找谁修",
    "师傅",
];

/// Words of a way to call.
const CALL: &[&str] = &[
    "电话",
    "热线",
    "客服",
    "400",
    "800",
    "24小时",
    "中心",
    "网点",
    "号码",
    "专线",
    "咨询",
    "报修",
    "全国",
    "维修点",
    "服务点",
];

/// What identifiers a text may hold, by the labels in it: one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Labels(u8);

impl Labels {
    pub const FILING: Labels = Labels(1);
    pub const MAIL: Labels = Labels(1 << 1);
    pub const QQ: Labels = Labels(1 << 2);
    pub const WECHAT: Labels = Labels(1 << 3);
    pub const LEAK: Labels = Labels(1 << 4);

    pub fn any(self) -> bool {
        self.0 != 0
    }

    pub fn has(self, label: Labels) -> bool {
        self.0 & label.0 != 0
    }
}

/// Text without one of these, in small letters and simplified characters, holds no such identifier
/// that is looked for in words.
const LABELS: [(Labels, &[&str]); 5] = [
    (
        Labels::FILING,
        &["icp", "ＩＣＰ", "ｉｃｐ", "c p", "安备", "公安"],
    ),
    (
        Labels::MAIL,
        &[
            "@", "＠", "at)", "at]", "at )", "at ]", "邮箱", "邮件", "email", "e-mail",
        ],
    ),
    (Labels::QQ, &["qq", "ＱＱ", "ｑｑ", "扣扣", "q q", "企鹅号"]),
    (
        Labels::WECHAT,
        &[
            "微信",
            "微 信",
            "薇信",
            "徽信",
            "威信",
            "维信",
            "加v",
            "+v",
            "➕",
            "加 v",
            "加薇",
            "加微",
            "+薇",
            "+微",
            "wechat",
            "weixin",
            "v信",
            "vx",
            "wx",
            "公众号",
        ],
    ),
    (
        Labels::LEAK,
        &[
            "{",
            "｛",
            "[",
            "%",
            "#",
            "__",
            "【随机",
            "<随机",
            "on line",
            ".py",
            ".php:",
            ".asp",
            ".inc",
            "line:",
            "notfoundexception",
            "part of the path",
            "找不到文件",
            "find file",
            "source file",
            "源文件",
        ],
    ),
];

/// What a text holds; counts stop at the largest value that fits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Words {
    /// Words of repair and of promises, which sentence banks are made of.
    pub promises: u16,
    /// Words of reporting.
    pub reports: u16,
    /// Phrases of `data/signs.txt`, by class.
    pub signs: [u8; CLASSES.len()],
    service: bool,
    call: bool,
    /// What identifiers begin with, and labels of them.
    pub identifiers: Labels,
}

impl Words {
    /// Speaks of service, or of a way to call.
    pub fn speaks_of_service(&self) -> bool {
        self.service || self.call
    }

    /// The words of a hotline: service, and a way to call.
    pub fn offers(&self) -> bool {
        self.service && self.call
    }
}

/// Counts the words of a text in simplified characters and letters of any case.
pub fn count(text: &str) -> Words {
    let mut room = String::new();
    let text = lower_case(text, &mut room);
    let lists = &*LISTS;
    let mut words = Words::default();
    // Up to where each list has taken the text.
    let mut taken = [0; 5];
    lists.dictionary.all(text, |at, end, word| {
        // `1800元` is no 800 number.
        let bytes = text.as_bytes();
        if bytes[at].is_ascii_digit() && at > 0 && bytes[at - 1].is_ascii_digit() {
            return;
        }
        let member = lists.members[word as usize];
        let mut left = member.lists;
        while left != 0 {
            let list = left.trailing_zeros() as usize;
            left &= left - 1;
            if at >= taken[list] {
                taken[list] = end;
                words.add(list, member.class);
            }
        }
        words.identifiers.0 |= member.labels.0;
    });
    words
}

/// What identifiers a text may hold: what [`count`] says of it, asked alone.
pub fn labels(text: &str) -> Labels {
    let mut any = Labels::default();
    let mut room = String::new();
    LABEL_WORDS.all(fold(text, &mut room), |_, _, label| any.0 |= label as u8);
    any
}

const PROMISES: usize = 0;
const REPORTS: usize = 1;
const SIGNS: usize = 2;
const OFFERS: usize = 3;
const CALLS: usize = 4;

impl Words {
    fn add(&mut self, list: usize, class: u8) {
        match list {
            PROMISES => self.promises = self.promises.saturating_add(1),
            REPORTS => self.reports = self.reports.saturating_add(1),
            SIGNS => {
                let sign = &mut self.signs[usize::from(class)];
                *sign = sign.saturating_add(1);
            }
            OFFERS => self.service = true,
            _ => self.call = true,
        }
    }
}

/// The lists that hold a word, one bit each, its class of signs, and whose label it is.
#[derive(Debug, Clone, Copy, Default)]
struct Member {
    lists: u8,
    class: u8,
    labels: Labels,
}

struct Lists {
    /// The words of all lists; indices of `members`.
    dictionary: Dictionary,
    members: Vec<Member>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut members: BTreeMap<String, Member> = BTreeMap::new();
    let mut put = |word: &str, list: usize, class| {
        let word = fold(word, &mut String::new()).to_owned();
        // `２４小时`
        let digits = word.bytes().any(|b| b.is_ascii_digit());
        for form in digits.then(|| wide(&word)).into_iter().chain([word]) {
            let member = members.entry(form).or_default();
            member.lists |= 1 << list;
            // Of a phrase in two classes the first one counts.
            if list == SIGNS && member.class == 0 {
                member.class = class;
            }
        }
    };
    for word in entries(include_str!("data/promise.txt")) {
        put(word, PROMISES, 0);
    }
    for word in entries(include_str!("data/report.txt")) {
        put(word, REPORTS, 0);
    }
    for (class, phrase) in
        entries(include_str!("data/signs.txt")).filter_map(|l| l.split_once('\t'))
    {
        if let Some(class) = CLASSES.iter().position(|c| *c == class) {
            put(phrase, SIGNS, class as u8);
        }
    }
    SERVICE.iter().for_each(|w| put(w, OFFERS, 0));
    CALL.iter().for_each(|w| put(w, CALLS, 0));
    for (word, label) in label_words() {
        let word = fold(&word, &mut String::new()).to_owned();
        members.entry(word).or_default().labels.0 |= label.0;
    }
    let words = members.keys().map(String::as_str);
    Lists {
        dictionary: Dictionary::new(words.zip(0..)),
        members: members.into_values().collect(),
    }
});

static LABEL_WORDS: LazyLock<Dictionary> = LazyLock::new(|| {
    let words = label_words();
    Dictionary::new(words.iter().map(|(word, label)| (&**word, label.0.into())))
});

fn label_words() -> Vec<(String, Labels)> {
    let of = |(label, words): &(Labels, &[&str])| {
        let label = *label;
        let words = words.iter().map(|word| (*word).to_owned());
        words.map(|word| (word, label)).collect::<Vec<_>>()
    };
    // What nobody sees may stand in any of them.
    let veils = ('\0'..='\u{ffff}').filter(|c| is_veil(*c));
    let veils = veils.map(|c| (c.to_string(), Labels(u8::MAX)));
    LABELS.iter().flat_map(of).chain(veils).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_counts_for_itself() {
        let words = count("全国统一客服热线24小时为您服务");
        assert_eq!(words.promises, 5, "客服 热线 24小时 您 服务");
        assert!(words.offers());
        let nation = CLASSES.iter().position(|c| *c == "nation").unwrap();
        assert_eq!(words.signs[nation], 2, "{:?}", words.signs);
        assert_eq!(count("２４小时客服"), count("24小时客服"));
        assert_eq!(count(""), Words::default());
        assert!(!count("维修").offers());
        assert!(count("维修800").offers() && !count("维修1800元").offers());
        let labels = |text| count(text).identifiers;
        assert!(labels("客服wEchat:abc") == Labels::WECHAT && !labels("客服WE:abc").any());
    }

    proptest::proptest! {
        #[test]
        fn labels_are_found_alone(text in "[ICPicp安备QＱq微信V@a公众号 .]{0,8}") {
            proptest::prop_assert_eq!(labels(&text), count(&text).identifiers);
        }

        /// Agrees with an automaton for one list alone.
        #[test]
        fn a_list_is_counted_like_alone(text in "[售后维修客服您我们全国统一热线24小时记者表示近日 a]{0,60}") {
            let words: Vec<&str> = entries(include_str!("data/promise.txt")).collect();
            let automaton = aho_corasick::AhoCorasick::builder()
                .match_kind(aho_corasick::MatchKind::LeftmostLongest)
                .build(&words)
                .unwrap();
            let expected = automaton.find_iter(&text).count();
            proptest::prop_assert_eq!(usize::from(count(&text).promises), expected);
        }
    }
}
