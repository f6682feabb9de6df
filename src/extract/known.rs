//! What a line or a script says whatever page it stands on, kept for those that come again.
//!
//! Page generators shuffle a bank of sentences and lists of places: of the text of such pages four
//! fifths and more have been read on a page before, and of a site's scripts nearly all. What is
//! found in a line by its text alone is therefore found once, and remembered by the hash of the text.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::xxh3_128_with_secret;

use super::brand::Reading;
use super::document::Document;
use super::identifier::Identifiers;
use super::number::{Found, Quoted};
use super::vocabulary::Words;

/// What is known of a line by its text: what each stage has found where it was the first to look.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub digits: OnceLock<Digits>,
    pub words: OnceLock<Sense>,
    /// What it claims as a line that is no menu, with the numbers that `digits` tells of.
    pub claim: OnceLock<Claim>,
    /// As a line of words, not of code.
    pub identifiers: KnownIdentifiers,
}

/// What is known of a script by its text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct KnownScript {
    pub numbers: OnceLock<Box<[Quoted]>>,
    pub identifiers: KnownIdentifiers,
}

/// `None`: it holds no identifiers.
pub type KnownIdentifiers = OnceLock<Option<Box<Identifiers>>>;

/// What the digits of a line are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Digits {
    /// There are none of which a number could be made.
    Without,
    Read {
        /// The block before the line, which was asked for a label; `None` where nobody asked.
        label: Option<Box<str>>,
        numbers: Vec<Found>,
    },
}

/// What the words of a line make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// A list of places.
    Places,
    Words(Words),
}

/// What brands a line claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is of no kind that does, and is not read.
    Passed,
    Nothing,
    Something(Reading),
}

/// Remembers lines and scripts from page to page, as many as it has room for. Results are the same
/// with it and without. The hash has a secret of its own in each run and 128 bits, of which 64 are
/// kept beside those of the bucket: nobody can make a line that is taken for another.
pub struct LineCache {
    lines: Buckets<Known>,
    scripts: Buckets<KnownScript>,
    secret: [u8; SECRET],
}

/// Bytes of a secret: what XXH3 has by default.
const SECRET: usize = 192;

/// A power of two of buckets, or none: of four places each, in which what comes again moves to the
/// front and what is new takes the last one's place.
struct Buckets<T>(Vec<Bucket<T>>);

struct Bucket<T> {
    keys: [u64; WAYS],
    known: [Option<Arc<T>>; WAYS],
}

const WAYS: usize = 4;

/// Lines that are remembered, and scripts for how many lines one.
const LINES: usize = 1 << 16;
const LINES_A_SCRIPT: usize = 8;

impl LineCache {
    pub fn new() -> Self {
        Self::with_room(LINES)
    }

    /// Remembers nothing.
    pub fn none() -> Self {
        Self::with_room(0)
    }

    fn with_room(lines: usize) -> Self {
        LineCache {
            lines: Buckets::with_room(lines),
            scripts: Buckets::with_room((lines / LINES_A_SCRIPT).max(WAYS.min(lines))),
            secret: secret(),
        }
    }

    /// Lends each line and script what is known of it, where the stages add what they find.
    pub fn lend(&mut self, document: &mut Document) {
        if self.lines.0.is_empty() {
            return;
        }
        let hash = |text: &str| xxh3_128_with_secret(text.as_bytes(), &self.secret);
        let lines = document.lines.iter().map(|line| hash(&line.text)).collect();
        let scripts = document.scripts.iter().map(|text| hash(text)).collect();
        for (line, known) in document.lines.iter_mut().zip(self.lines.get(lines)) {
            line.known = Some(known);
        }
        document.known_scripts = self.scripts.get(scripts).collect();
        // What is known is asked for in a row: else each stage would wait for it line by line.
        let known = document.lines.iter().filter_map(|line| line.known.as_ref());
        let told = known.filter(|k| k.digits.get().is_some() & k.claim.get().is_some());
        std::hint::black_box(told.count());
    }
}

/// Random bytes, by the keys that the standard library's hash tables are given.
fn secret() -> [u8; SECRET] {
    let keys = RandomState::new();
    let mut secret = [0; SECRET];
    for (word, number) in secret.chunks_exact_mut(8).zip(0..) {
        word.copy_from_slice(&keys.hash_one::<u64>(number).to_le_bytes());
    }
    secret
}

impl<T: Default> Buckets<T> {
    fn with_room(items: usize) -> Self {
        let bucket = || Bucket {
            keys: [0; WAYS],
            known: [const { None }; WAYS],
        };
        Buckets(std::iter::repeat_with(bucket).take(items / WAYS).collect())
    }

    /// What is known of the texts with these hashes.
    fn get(&mut self, hashes: Vec<u128>) -> impl Iterator<Item = Arc<T>> {
        let last = self.0.len() - 1;
        // Buckets lie far apart in memory: asked for in a row, they come at the same time.
        let near = |hash: &u128| self.0[*hash as usize & last].keys[0];
        std::hint::black_box(hashes.iter().map(near).fold(0, |all, key| all ^ key));
        let known = move |hash: u128| {
            let bucket = &mut self.0[hash as usize & last];
            bucket.get((hash >> 64) as u64).clone()
        };
        hashes.into_iter().map(known)
    }
}

impl<T: Default> Bucket<T> {
    /// Puts a text in front and returns what is known of it.
    fn get(&mut self, key: u64) -> &Arc<T> {
        let way = self.keys.iter().position(|known| *known == key);
        let last = way.unwrap_or(WAYS - 1);
        if last > 0 {
            self.keys[..=last].rotate_right(1);
            self.known[..=last].rotate_right(1);
        }
        if way.is_none() {
            self.keys[0] = key;
            self.known[0] = None;
        }
        self.known[0].get_or_insert_default()
    }
}

impl Default for LineCache {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::extract::document::Line;
    use crate::extract::{extract, extract_with};
    use crate::page::{Body, Origin, Page};
    use crate::site::CanonicalUrl;

    /// Blocks of a bank, some of which read otherwise behind others.
    const BANK: [&str; 22] = [
        "<p>售后电话</p>",
        "<p>95092</p>",
        "<p>58830001</p>",
        "<p>订单号</p>",
        "<p>13805937794</p>",
        "<p>洛森空调维修电话:400-765-1032(点击咨询)</p>",
        "<h2>洛森空调全国统一售后服务热线</h2>",
        "<a href=/a>洛森空调售后</a>",
        "<p>洛森空调售后</p>",
        "<p>北京市朝阳区、上海市徐汇区、广州市天河区、深圳市南山区</p>",
        "<p>我们的售后团队全天候安排维修后的电话回访,为家庭生活保驾护航。</p>",
        "<p>记者近日从市场监管局获悉,有关部门已经对此展开调查。</p>",
        "<p>威盾智能锁客服 QQ:123456789</p>",
        "<p>¥2503.00</p>",
        "<p>2025-06-17 24小时</p>",
        "<p>粤ICP备12345678号-3</p>",
        "<p>粤公网安备 44010602000001号</p>",
        "<p>公安备案 44010602000001</p>",
        "<p>{随机城市}欢迎您 100%</p>",
        "<pre>{随机城市} 微信:losen_88</pre>",
        "<script>document.write('400-'+'765-'+'1032')</script>",
        "<script src=https://hm.baidu.com/hm.js?0123456789abcdef0123456789abcdef></script><script>var _qq='123456789'; var tel='400-765-1032'</script>",
    ];

    fn page(title: &str, blocks: &[usize]) -> Page {
        let body: String = blocks.iter().map(|block| BANK[*block]).collect();
        let url = "http://a.example/";
        Page {
            url: url.into(),
            canonical: CanonicalUrl::parse(url).unwrap(),
            fetched_at: 0,
            status: 200,
            origin: Origin::Crawl,
            body: Body::Html {
                content_type: Some("text/html; charset=utf-8".into()),
                bytes: format!("<title>{title}</title>{body}").into_bytes(),
            },
            head: None,
            truncated: false,
            connection: Default::default(),
            variants: Default::default(),
        }
    }

    proptest! {
        /// Whatever came before, with room and without: the same facts.
        #[test]
        fn a_page_is_read_the_same_with_the_lines_of_others(
            pages in prop::collection::vec(
                ("[洛森威盾空调锁售后0-9 ]{0,12}", prop::collection::vec(0..BANK.len(), 0..24)),
                1..8,
            ),
            room in prop::sample::select(vec![WAYS, 8 * WAYS]),
        ) {
            let mut cache = LineCache::with_room(room);
            for (title, blocks) in &pages {
                let page = page(title, blocks);
                prop_assert_eq!(extract_with(&page, &mut cache), extract(&page));
            }
        }
    }

    #[test]
    fn a_line_that_comes_again_is_known() {
        let lines = |n: usize| {
            let line = |i| Line {
                text: format!("line {i}"),
                ..Line::default()
            };
            Document {
                lines: (0..n).map(line).collect(),
                ..Document::default()
            }
        };
        let mut cache = LineCache::with_room(64);
        let mut first = lines(8);
        cache.lend(&mut first);
        for line in &first.lines {
            let known = line.known.as_ref().unwrap();
            known.digits.set(Digits::Without).unwrap();
        }
        let mut again = lines(8);
        cache.lend(&mut again);
        let told = |line: &Line| line.known.as_ref().unwrap().digits.get().is_some();
        assert!(again.lines.iter().all(told));
        // More lines than there is room for: the oldest give way.
        let mut others = lines(1000);
        others.lines.drain(..8);
        cache.lend(&mut others);
        cache.lend(&mut again);
        assert!(!again.lines.iter().any(told));
    }
}
