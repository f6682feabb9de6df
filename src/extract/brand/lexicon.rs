//! The word lists of `data/`, loaded once into dictionaries.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::LazyLock;

use crate::extract::dictionary::{Dictionary, entries};
use crate::extract::fold::fold;
use crate::extract::region::{self, is_han, is_letter};

/// What a word of the lists is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// A product noun: index into [`Lexicon::products`].
    Product(u16),
    /// A brand known beforehand: which one (spellings share it).
    Brand(u16),
    /// A word that offers a hotline.
    Hot,
    /// A word that widens an offer and makes none by itself.
    Reach,
    /// A word of repair in general.
    Service,
    /// Decoration, or a qualifier of the product.
    Decor,
    /// Shows that what stands beside it is no name.
    Stop,
    /// Parts names from their surroundings.
    Skip,
}

/// What else a listed word says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// A maker's service uses it, and a shop in the next street does not.
    pub maker: bool,
    /// The word for a company, or for a shop.
    pub company: bool,
    pub shop: bool,
    /// A product noun that shops put into their own names.
    pub generic: bool,
    /// A product noun for many kinds of goods.
    pub collective: bool,
}

/// Product nouns that shops put into their own names.
const GENERIC: &[&str] = &[
    "家电",
    "家用电器",
    "小家电",
    "电器",
    "电器设备",
    "厨电",
    "厨房电器",
    "厨房设备",
    "制冷设备",
    "办公设备",
    "家具",
    "珠宝",
    "消防",
    "照明",
    "电脑",
    "汽车",
    "开关",
    "门窗",
    "监控",
    "手机",
];

/// Product nouns for many kinds of goods.
const COLLECTIVE: &[&str] = &[
    "家电",
    "家用电器",
    "小家电",
    "电器",
    "厨电",
    "厨房电器",
    "厨卫电器",
];

/// Those for appliances of all kinds.
const ALL_KINDS: &[&str] = &["家电", "家用电器", "电器", "电器设备"];

const MAKER: &[&str] = &[
    "售后", "客服", "全国", "总部", "官方", "厂家", "400", "统一", "特约", "授权",
];

const COMPANY: &[&str] = &[
    "公司",
    "有限",
    "有限公司",
    "集团",
    "商行",
    "经营部",
    "企业",
    "股份",
];

/// Shops of the neighbourhood.
const SHOP: &[&str] = &[
    "服务部",
    "维修部",
    "修理部",
    "修理店",
    "修理铺",
    "门市部",
    "维修店",
    "服务社",
    "家庭维修",
];

impl Marks {
    fn of(text: &str, word: Word) -> Self {
        let hot = matches!(word, Word::Hot | Word::Reach);
        Marks {
            maker: hot && MAKER.iter().any(|m| text.contains(m)),
            company: COMPANY.contains(&text),
            shop: SHOP.contains(&text),
            generic: GENERIC.contains(&text),
            collective: COLLECTIVE.contains(&text),
        }
    }
}

/// All lists.
pub struct Lexicon {
    /// Words in lower case; indices of `words`.
    dictionary: Dictionary,
    words: Vec<(Word, Marks)>,
    /// By word: inside of it begins another, of products or of an offer, that may go on behind it.
    overlaps: Vec<bool>,
    products: Vec<String>,
    /// By brand: several spellings of it are listed.
    spelled: Vec<bool>,
    everyday: Dictionary,
    measures: Dictionary,
    /// Characters of grammar, and characters that no name holds, in code-point order.
    grammar: Vec<char>,
    never: Vec<char>,
}

/// The lists as shipped.
pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

/// Characters of grammar: what is covered by these and by everyday words reads as prose.
const GRAMMAR: &str = "的时后前中里上下内外等修换装买卖用新旧老大小多少一二三两几个台家各每该此其本全最更还也又再已在对为与和及或于由以而但到至是有不无能会可要就都去来说自被把让给向从请没别很了着过将并若即做给位款种次类型性者处点段谈论聊问答讲称叫找求帮查选送";

/// Characters that no name holds.
const NEVER: &str =
    "们你我您他她它谁这哪怎么吗呢吧啊呀嘛某咋啥麼們让把被并也了是就且或该在对从若仍";

impl Lexicon {
    fn load() -> Self {
        let mut patterns: Vec<String> = Vec::new();
        let mut words = Vec::new();
        let mut products = Vec::new();
        let mut spelled = Vec::new();
        let mut push = |pattern: &str, word| {
            words.push((word, Marks::of(pattern, word)));
            patterns.push(fold(pattern, &mut String::new()).to_owned());
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
            let forms = line.split('\t').filter(|f| !f.is_empty());
            spelled.push(forms.clone().nth(1).is_some());
            forms.for_each(|f| push(f, Word::Brand(index as u16)));
        }
        for line in entries(include_str!("../data/service.txt")) {
            match (line.strip_prefix('!'), line.strip_prefix('+')) {
                (Some(hot), _) => push(hot, Word::Hot),
                (None, Some(reach)) => push(reach, Word::Reach),
                (None, None) => push(line, Word::Service),
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
        let overlaps = overlaps(&patterns, &words);
        let forms = patterns.iter().enumerate();
        let everyday = entries(include_str!("../data/words.txt"));
        Lexicon {
            dictionary: Dictionary::new(forms.map(|(i, p)| (p.as_str(), i as u32))),
            words,
            overlaps,
            products,
            spelled,
            everyday: Dictionary::new(everyday.map(|w| (w, 0))),
            measures: Dictionary::new(
                entries(include_str!("../data/measures.txt")).map(|w| (w, 0)),
            ),
            grammar: sorted(GRAMMAR),
            never: sorted(NEVER),
        }
    }

    /// The longest listed word at byte `at` of a line: where it ends, and what it is. Latin words
    /// and digits count only where they stand by themselves (`LG` is not in `ALGOL`). `lower` is
    /// the line in lower case.
    #[inline]
    pub fn word(&self, line: &str, lower: &str, at: usize) -> Option<(usize, Word, Marks)> {
        let (len, index) = self.dictionary.longest(&lower[at..])?;
        let (mut index, mut end) = (index as usize, at + len);
        if self.overlaps[index]
            && matches!(self.words[index].0, Word::Product(_))
            && let Some((shorter, head)) = self.shorter(lower, at, end)
        {
            (index, end) = (head as usize, shorter);
        }
        let (word, marks) = self.words[index];
        let cut = || self.overlaps[index] && self.is_cut(lower, at, end, word);
        let fits = stands_alone(line, at, end) && !cut();
        fits.then_some((end, word, marks))
    }

    /// A longer word begins inside of this one: in `鼎恒热水器` no `恒热` is meant, no `家电` in
    /// `洛家电暖器`, and no `维保` in `洛维保险箱`.
    fn is_cut(&self, lower: &str, start: usize, end: usize, word: Word) -> bool {
        let brand = matches!(word, Word::Brand(_));
        let short = matches!(word, Word::Product(_)) && end - start <= 6;
        let service = matches!(word, Word::Service | Word::Hot) && end - start == 6;
        if !(brand || short || service) {
            return false;
        }
        // `韩电|冰箱`, though a 电冰箱 stands there as well: the other reading has no name.
        let sound = |i: usize, to: usize| {
            let noun = self.dictionary.longest(&lower[end..]);
            let noun =
                noun.filter(|(_, index)| matches!(self.words[*index as usize].0, Word::Product(_)));
            brand && i - start <= 3 && noun.is_some_and(|(len, _)| end + len == to)
        };
        let inner = lower[start..end].char_indices().skip(1);
        inner.map(|(i, _)| start + i).any(|i| {
            let found = self.dictionary.longest(&lower[i..]);
            found.is_some_and(|(len, index)| match self.words[index as usize].0 {
                Word::Product(_) if sound(i, i + len) => false,
                Word::Product(_) => {
                    i + len > end && (brand || len > 6 || (short && len >= end - start))
                }
                // `搬家电话`
                Word::Hot => i + len > end && (brand || short),
                _ => false,
            })
        })
    }

    /// The listed word that a product noun begins with, where another noun starts behind it and
    /// runs on: `智能|灯具` is meant, and not `智能灯|具`.
    fn shorter(&self, lower: &str, start: usize, end: usize) -> Option<(usize, u32)> {
        let inner = lower[start..end].char_indices().skip(1);
        inner.map(|(i, _)| start + i).find_map(|i| {
            let (len, index) = self.dictionary.longest(&lower[i..])?;
            // Where a listed word follows, nothing is cut off it: `防火柜|锁芯`.
            let follows = self.dictionary.longest(&lower[end..]).is_some();
            let product = matches!(self.words[index as usize].0, Word::Product(_));
            let runs_on = i + len > end && product && !follows;
            let (head, index) = self.dictionary.longest(&lower[start..i])?;
            (runs_on && head == i - start).then_some((i, index))
        })
    }

    /// The reported form of a product noun; none of a word for appliances of all kinds, which says
    /// nothing of what a page is about.
    pub fn category(&self, index: u16) -> Option<&str> {
        let noun = self.products[usize::from(index)].as_str();
        (!ALL_KINDS.contains(&noun)).then_some(noun)
    }

    /// The brand is listed in several spellings, as those are that many people know.
    pub fn is_spelled(&self, brand: u16) -> bool {
        self.spelled.get(usize::from(brand)).is_some_and(|s| *s)
    }

    /// The text is made of everyday words and of grammar: it reads as prose and not as a name.
    pub fn is_prose(&self, text: &str) -> bool {
        let mut room = String::new();
        let text = fold(text, &mut room);
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let step = match self.everyday.longest(rest) {
                Some((len, _)) => len,
                None if self.grammar.binary_search(&c).is_ok() => c.len_utf8(),
                None => return false,
            };
            rest = &rest[step..];
        }
        !text.is_empty()
    }

    /// Characters of a text that belong to no everyday word and to no grammar.
    pub fn strange(&self, text: &str) -> usize {
        let mut room = String::new();
        let (mut rest, mut strange) = (fold(text, &mut room), 0);
        while let Some(c) = rest.chars().next() {
            let known = self.everyday.longest(rest).map(|(len, _)| len);
            let grammar = self.grammar.binary_search(&c).is_ok();
            strange += usize::from(known.is_none() && !grammar);
            rest = &rest[known.unwrap_or(c.len_utf8())..];
        }
        strange
    }

    /// An everyday word, whole.
    pub fn is_word(&self, text: &str) -> bool {
        self.everyday
            .longest(fold(text, &mut String::new()))
            .is_some_and(|(len, _)| len == text.len())
    }

    /// Bytes of the unit that a text begins with, right behind digits.
    pub fn measure(&self, text: &str) -> usize {
        const LONGEST: usize = 12;
        let near = region::head(text, LONGEST).to_ascii_lowercase();
        let Some((len, _)) = self.measures.longest(&near) else {
            return 0;
        };
        let latin =
            near[..len].is_ascii() && text[len..].starts_with(|c: char| c.is_ascii_alphanumeric());
        if latin { 0 } else { len }
    }

    /// A character that shows that its run is prose.
    pub fn is_never(&self, c: char) -> bool {
        self.never.binary_search(&c).is_ok()
    }
}

/// By pattern: a product noun or a word of an offer begins with the pattern's end, and is longer.
/// Most words have none, and need not be looked through in every line.
fn overlaps(patterns: &[String], words: &[(Word, Marks)]) -> Vec<bool> {
    let runs_on = |word: &Word| matches!(word, Word::Product(_) | Word::Hot);
    let longer = patterns.iter().zip(words).filter(|(_, (w, _))| runs_on(w));
    let longer: BTreeSet<&str> = longer.map(|(pattern, _)| pattern.as_str()).collect();
    let goes_on = |end: &str| {
        let behind = (Bound::Excluded(end), Bound::Unbounded);
        let next = longer.range::<str, _>(behind).next();
        next.is_some_and(|next| next.starts_with(end))
    };
    let inner = |p: &String| p.char_indices().skip(1).any(|(i, _)| goes_on(&p[i..]));
    patterns.iter().map(inner).collect()
}

fn sorted(chars: &str) -> Vec<char> {
    let mut chars: Vec<char> = chars.chars().collect();
    chars.sort_unstable();
    chars
}

/// A match of Latin letters or digits is not part of a longer word.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let same = |a: char, b: char| {
        (is_letter(a) && is_letter(b)) || (a.is_ascii_digit() && b.is_ascii_digit())
    };
    let word = &text[start..end];
    let meets =
        |left: Option<char>, right: Option<char>| left.zip(right).is_some_and(|(a, b)| same(a, b));
    // Most words begin and end with Chinese characters, which stand alone everywhere.
    let (first, last) = (word.chars().next(), word.chars().next_back());
    let left = !first.is_some_and(is_han) && meets(text[..start].chars().next_back(), first);
    let right = !last.is_some_and(is_han) && meets(last, text[end..].chars().next());
    // The first of initials (`A.O.`, `A&K`).
    let initial = word.len() == 1 && {
        let mut behind = text[end..].chars();
        matches!(behind.next(), Some('.' | '&')) && behind.next().is_some_and(is_letter)
    };
    // The second half of `T-Home`.
    let half = first.is_some_and(|c| c.is_ascii_alphabetic()) && {
        let mut before = text[..start].chars().rev();
        before.next() == Some('-')
            && before.next().is_some_and(is_letter)
            && !before.next().is_some_and(is_letter)
    };
    !left && !right && !initial && !half
}
