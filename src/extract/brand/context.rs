//! What stands around a name: in which place of the line it stands, and what the words before and
//! behind it make of it.

use super::claim::{MAX_AHEAD, Reader};
use super::lexicon::Word;
use super::name;
use super::token::{Kind, Token};

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// At the start of a clause, places and decorations aside.
    Start,
    /// At the start of a later clause of a sentence.
    Clause,
    /// After service words or a conjunction.
    Inside,
    /// After something that speaks against a name.
    Closed,
}

impl Token {
    /// May stand before the name that a line begins with.
    pub fn is_lead(&self) -> bool {
        self.is_aside()
            || matches!(
                self.kind,
                Kind::Space
                    | Kind::Open
                    | Kind::Close
                    | Kind::Break
                    | Kind::Digits
                    | Kind::Number
                    | Kind::Word(Word::Reach)
            )
    }
}

impl Reader<'_> {
    /// Latin capitals that run into many digits which are no telephone number.
    pub fn heads_identifier(&self, name: &name::Name, at: usize) -> bool {
        /// A model has fewer, a telephone number no more but for an area code's 0.
        const MANY: usize = 8;
        const LONGEST: usize = 11;
        let text = name.text(self.line);
        let digits = self.line[name.end()..]
            .bytes()
            .take_while(u8::is_ascii_digit);
        let called = self.tokens[at..].iter().find(|t| t.start >= name.end());
        let digits = digits.take(2 * MANY).count();
        text.bytes().all(|b| b.is_ascii_uppercase())
            && digits >= MANY
            && (digits > LONGEST + usize::from(self.line[name.end()..].starts_with('0'))
                || called.is_none_or(|token| token.kind != Kind::Number))
    }

    /// `维修服务…` behind `at`: the word of repair belongs to a hotline's.
    pub fn is_repair_of_hotline(&self, at: usize) -> bool {
        let kind = |at: usize| self.tokens.get(at).map(|t| t.kind);
        kind(at) == Some(Kind::Word(Word::Service)) && kind(at + 1) == Some(Kind::Word(Word::Hot))
    }

    /// The line has words that a maker's service uses and a shop in the next street does not.
    pub fn speaks_for_a_maker(&self) -> bool {
        self.tokens.iter().any(|t| t.marks.maker)
    }

    /// The line speaks of products or hotlines at all.
    pub fn context(&self) -> bool {
        self.hot
            || self
                .tokens
                .iter()
                .any(|t| matches!(t.kind, Kind::Word(Word::Product(_) | Word::Service)))
    }

    /// Words that widen an offer (`全国`, `厂家`) are followed by one that makes it.
    pub fn offers(&self, hot: usize) -> bool {
        let ahead = self.tokens[hot..].iter().take(MAX_AHEAD);
        ahead
            .take_while(|t| {
                matches!(
                    t.kind,
                    Kind::Word(_) | Kind::Place | Kind::Digits | Kind::Number | Kind::Open
                )
            })
            .any(|t| {
                matches!(
                    t.kind,
                    Kind::Number | Kind::Word(Word::Hot | Word::Product(_))
                )
            })
            && !self.names_site(hot)
    }

    /// `工商银行、农业银行等银行客服电话汇总`: the numbers of many, for no product.
    pub fn names_directory(&self) -> bool {
        const ENDS: [&str; 7] = ["大全", "汇总", "一览", "一览表", "名录", "名单", "合集"];
        let end = self.line.trim_end_matches(|c: char| !c.is_alphanumeric());
        let specific =
            |t: &Token| matches!(t.kind, Kind::Word(Word::Product(_))) && !t.marks.generic;
        ENDS.iter().any(|word| end.ends_with(word)) && !self.tokens.iter().any(specific)
    }

    /// `便民售后网`: a site's own name.
    fn names_site(&self, hot: usize) -> bool {
        let text = |t: &Token| &self.line[t.start..t.end];
        let mut rest = self.tokens[hot..].iter();
        let next = rest.find(|t| !matches!(t.kind, Kind::Word(_)));
        next.is_some_and(|t| t.kind == Kind::Han && text(t) == "网")
    }

    /// `…有限公司`, `…商行` in the same clause: the run is a company's own name. So is a shop's,
    /// unless it speaks for a maker.
    pub fn company_after(&self, at: usize) -> bool {
        if !self.company {
            return false;
        }
        let maker = self.speaks_for_a_maker();
        let (mut goods, mut branch, mut all) = (false, false, false);
        self.tokens[at..]
            .iter()
            .take(MAX_AHEAD)
            .take_while(|t| !matches!(t.kind, Kind::Break | Kind::Space | Kind::Join))
            .any(|t| {
                goods |= matches!(t.kind, Kind::Word(Word::Product(_)));
                // `金辉家电维修服务部`: no maker's, whatever else the line says.
                all |= matches!(t.kind, Kind::Word(Word::Product(_))) && t.marks.collective;
                // `洛森手表北京维修部`: one of a brand's, as a shop's own name has the town before it.
                branch |= goods && t.kind == Kind::Place;
                t.marks.company || (t.marks.shop && (all || (!maker && !branch)))
            })
    }

    /// From the token on there are only words of claims, one of them of repair.
    pub fn is_whole(&self, from: usize) -> bool {
        let rest = &self.tokens[from.min(self.tokens.len())..];
        let fits = |t: &Token| match t.kind {
            Kind::Word(word) => !matches!(word, Word::Stop | Word::Brand(_)),
            Kind::Han | Kind::Latin => false,
            Kind::Break | Kind::Join => !self.ends_clause(t),
            _ => true,
        };
        let repair = |t: &Token| matches!(t.kind, Kind::Word(Word::Hot | Word::Service));
        rest.iter().all(fits) && rest.iter().any(repair)
    }

    pub fn is_comma(&self, at: usize) -> bool {
        let text = |t: &Token| &self.line[t.start..t.end];
        self.tokens
            .get(at)
            .is_some_and(|t| matches!(text(t), "," | "，"))
    }

    /// Punctuation of sentences.
    fn ends_clause(&self, token: &Token) -> bool {
        matches!(
            &self.line[token.start..token.end],
            "," | "，" | "。" | ";" | "；" | "!" | "！" | "?" | "？"
        )
    }

    pub fn opening(&self, at: usize) -> Opening {
        let mut i = at;
        while i > 0 {
            i -= 1;
            match self.tokens[i].kind {
                Kind::Space if self.lists_by_space(i) => return self.opening_of_list(i),
                Kind::Space | Kind::Open | Kind::Word(Word::Skip | Word::Decor) => {}
                Kind::Break if self.ends_clause(&self.tokens[i]) => return Opening::Clause,
                Kind::Digits if self.is_model(i, at) => return Opening::Closed,
                Kind::Break | Kind::Place | Kind::Digits | Kind::Number | Kind::Close => {
                    return Opening::Start;
                }
                Kind::Join => return self.opening_of_list(i),
                Kind::Word(Word::Hot | Word::Reach | Word::Service) => return Opening::Inside,
                Kind::Word(Word::Product(_)) if i + 1 < at => return Opening::Inside,
                Kind::Word(Word::Product(_)) => {
                    let first = self.line[self.tokens[at].start..].chars().next();
                    let joined = first.is_some_and(|c| name::CONJUNCTIONS.contains(c));
                    return if joined {
                        Opening::Inside
                    } else {
                        Opening::Closed
                    };
                }
                _ => return Opening::Closed,
            }
        }
        Opening::Start
    }

    /// The letters behind these digits end a model (`BCD-470WGHT`).
    fn is_model(&self, digits: usize, at: usize) -> bool {
        let (digits, name) = (self.tokens[digits], self.tokens[at]);
        name.kind == Kind::Latin
            && digits.end == name.start
            && self.line[..digits.start].ends_with(|c: char| c == '-' || c.is_ascii_alphabetic())
    }

    /// A member of a list is as open as what stands before the list's comma.
    fn opening_of_list(&self, join: usize) -> Opening {
        match join.checked_sub(1).map(|i| self.tokens[i].kind) {
            Some(Kind::Word(Word::Stop)) => Opening::Closed,
            Some(Kind::Latin | Kind::Word(Word::Brand(_) | Word::Product(_))) => Opening::Start,
            _ if self.is_comma(join) => Opening::Clause,
            _ => Opening::Start,
        }
    }
}

/// Ends like goods that no list holds (`轴承座`, `搅拌机`): what a line offers, not whose. Or like a
/// firm of the trade (`顺达制冷`), or an office (`供电局`).
pub fn names_goods(name: &str) -> bool {
    const TRADES: &[&str] = &[
        "制冷", "机电", "家政", "锁业", "五金", "商贸", "工贸", "电子", "锁具",
    ];
    const GOODS: &[char] = &[
        '机', '器', '箱', '柜', '炉', '泵', '阀', '管', '座', '圈', '袋', '砖', '缆', '盘', '具',
        '站', '架', '车', '件', '膜', '剂', '网', '锁', '门', '窗', '灯', '板', '料',
    ];
    const OFFICES: &[char] = &['局', '厅', '院', '馆', '校', '社', '会', '所', '府'];
    let last = name.ends_with(GOODS) || name.ends_with(OFFICES);
    (last && name.chars().count() >= 3) || TRADES.iter().any(|t| name.ends_with(t))
}
