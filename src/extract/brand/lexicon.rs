//! The word lists of `data/`, loaded once into one automaton.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use crate::extract::region::is_han;

/// What a word of the lists is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// A product noun: index into [`Lexicon::products`].
    Product(u16),
    /// A brand known beforehand: which one (spellings share it).
    Brand(u16),
    /// A word that offers a hotline.
    Hot,
    /// A word of repair in general.
    Service,
    /// Decoration, or a qualifier of the product.
    Decor,
    /// Shows that what stands beside it is no name.
    Stop,
    /// Parts names from their surroundings.
    Skip,
}

/// All lists.
pub struct Lexicon {
    automaton: AhoCorasick,
    words: Vec<Word>,
    products: Vec<String>,
    /// Everyday words in code-point order.
    everyday: Vec<&'static str>,
}

/// The lists as shipped.
pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

/// Characters of grammar: what is covered by these and by everyday words reads as prose.
const GRAMMAR: &str = "的时后前中里上下内外等修换装买卖用新旧老大小多少一二三两几个台家各每该此其本全最更还也又再已在对为与和及或于由以而但到至是有不无能会可要就都去来说自被把让给向从请没别很了着过将并若即做给位款种次类型性者处点段谈论聊问答讲称叫找求帮查选送";

/// Characters that no name holds.
const NEVER: &str = "们你我您他她它谁这那哪什怎么吗呢吧啊呀嘛某咋啥麼們";

impl Lexicon {
    fn load() -> Self {
        let mut patterns: Vec<String> = Vec::new();
        let mut words = Vec::new();
        let mut products = Vec::new();
        let mut push = |pattern: &str, word| {
            patterns.push(pattern.to_owned());
            words.push(word);
        };
        for line in entries(include_str!("../data/products.txt")) {
            let index = products.len() as u16;
            let mut forms = line.split('\t').filter(|f| !f.is_empty());
            if let Some(first) = forms.next() {
                // A noun that is also listed as another's spelling is reported by that other.
                products.push(first.to_owned());
                push(first, Word::Product(index));
                forms.for_each(|f| push(f, Word::Product(index)));
            }
        }
        for (index, line) in entries(include_str!("../data/brands.txt")).enumerate() {
            for form in line.split('\t').filter(|f| !f.is_empty()) {
                push(form, Word::Brand(index as u16));
            }
        }
        for line in entries(include_str!("../data/service.txt")) {
            match line.strip_prefix('!') {
                Some(hot) => push(hot, Word::Hot),
                None => push(line, Word::Service),
            }
        }
        for line in entries(include_str!("../data/decor.txt")) {
            push(line, Word::Decor);
        }
        for line in entries(include_str!("../data/stop.txt")) {
            match line.strip_prefix('=') {
                Some(skip) => push(skip, Word::Skip),
                None => push(line, Word::Stop),
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // Words are dense in these texts: looking out for rare bytes only costs.
            .prefilter(false)
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&patterns)
            // Building fails beyond 2^31 states; the lists are part of the program.
            .expect("a few thousand words");
        Lexicon {
            automaton,
            words,
            products,
            everyday: entries(include_str!("../data/words.txt")).collect(),
        }
    }

    /// The first word at or after byte `from`: its range and what it is. Latin words and digits
    /// count only where they stand by themselves (`LG` is not in `ALGOL`).
    pub fn next(&self, text: &str, from: usize) -> Option<(usize, usize, Word)> {
        let mut at = from;
        while let Some(m) = self.automaton.find(Input::new(text).span(at..text.len())) {
            if stands_alone(text, m.start(), m.end()) {
                return Some((m.start(), m.end(), self.words[m.pattern().as_usize()]));
            }
            at = m.start() + text[m.start()..].chars().next().map_or(1, char::len_utf8);
        }
        None
    }

    /// The reported form of a product noun.
    pub fn product(&self, index: u16) -> &str {
        &self.products[usize::from(index)]
    }

    /// The text is made of everyday words and of grammar: it reads as prose and not as a name.
    pub fn is_prose(&self, text: &str) -> bool {
        let starts: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
        let end = |i: usize| starts.get(i).copied().unwrap_or(text.len());
        let mut i = 0;
        while i < starts.len() {
            let step = [3, 2]
                .into_iter()
                .find(|n| i + n <= starts.len() && self.is_everyday(&text[end(i)..end(i + n)]))
                .or_else(|| GRAMMAR.contains(&text[end(i)..end(i + 1)]).then_some(1));
            match step {
                Some(n) => i += n,
                None => return false,
            }
        }
        !starts.is_empty()
    }

    fn is_everyday(&self, word: &str) -> bool {
        self.everyday.binary_search(&word).is_ok()
    }
}

/// A character that shows that its run is prose.
pub fn is_never(c: char) -> bool {
    NEVER.contains(c)
}

/// A match of Latin letters or digits is not part of a longer word.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let same = |a: char, b: char| {
        (a.is_alphabetic() && b.is_alphabetic() && !is_han(a) && !is_han(b))
            || (a.is_ascii_digit() && b.is_ascii_digit())
    };
    let word = &text[start..end];
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let left = before
        .zip(word.chars().next())
        .is_some_and(|(a, b)| same(a, b));
    let right = word
        .chars()
        .next_back()
        .zip(after)
        .is_some_and(|(a, b)| same(a, b));
    !left && !right
}

/// Lines of a list file without comments and empty lines.
fn entries(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .map(str::trim_end)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
}
