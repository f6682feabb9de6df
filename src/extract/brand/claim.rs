//! What one line claims: names that stand before a product noun or a service word.
//!
//! A name is a run that no list explains, or a known brand, in an open place: at the start of a
//! clause, or after places, decorations and service words. Everyday words are names only before
//! a product noun in a line that offers a hotline.

use std::borrow::Cow;

use crate::extract::number::{self, Found};
use crate::extract::region;

use super::disguise;
use super::lexicon::{LEXICON, Word};
use super::name::{self, Name, Unit};
use super::token::{Kind, Token, tokens};

/// A name with what it stands before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub name: String,
    /// The halves of a Latin and Chinese pair.
    pub aliases: Vec<String>,
    /// Product nouns that follow it, the nearest first.
    pub products: Vec<u16>,
    /// Good by itself; otherwise it takes repetition to believe it.
    pub firm: bool,
    /// Which brand of the list it is.
    pub known: Option<u16>,
    /// The line begins with it, places and decorations aside.
    pub leads: bool,
    /// The line begins with it and holds nothing else but what such claims are made of.
    pub whole: bool,
}

/// A line as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    pub claims: Vec<Claimed>,
    /// All product nouns in order, without repeats.
    pub products: Vec<u16>,
    /// The line offers a hotline.
    pub hot: bool,
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

/// Bytes of a line that are read.
const MAX_BYTES: usize = 600;

/// Tokens that are looked at behind a name: titles are shorter, and hostile lines stay linear.
const MAX_AHEAD: usize = 32;

/// Reads a line with the telephone numbers in it.
pub fn read(line: &str, numbers: &[Found]) -> Reading {
    let line = region::head(line, MAX_BYTES);
    match disguise::undress(line) {
        Cow::Borrowed(line) => read_plain(line, numbers),
        // The numbers stand elsewhere now.
        Cow::Owned(line) => read_plain(&line, &number::find(&line)),
    }
}

fn read_plain(line: &str, numbers: &[Found]) -> Reading {
    let tokens = tokens(line, numbers);
    if tokens.is_empty() {
        return Reading::default();
    }
    let reader = Reader {
        line,
        hot: tokens.iter().any(Token::is_hot),
        company: tokens.iter().any(|t| names_company(line, t)),
        tokens,
    };
    let mut products = Vec::new();
    for token in &reader.tokens {
        if let Kind::Word(Word::Product(p)) = token.kind
            && !products.contains(&p)
        {
            products.push(p);
        }
    }
    Reading {
        claims: reader.claims(),
        products,
        hot: reader.hot,
    }
}

struct Reader<'a> {
    line: &'a str,
    tokens: Vec<Token>,
    hot: bool,
    /// Some token is the word for a company.
    company: bool,
}

/// What a name stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    /// A product noun at this token.
    Product(usize),
    Hot(usize),
    Service(usize),
    /// Nothing: the clause ends.
    End,
    /// Another member of a list starts at this token.
    Next(usize),
    Other,
}

impl Reader<'_> {
    fn claims(&self) -> Vec<Claimed> {
        let mut out: Vec<Claimed> = Vec::new();
        // Members of a list (`海尔、美的、`) that wait for the head of its last member.
        let mut waiting: Vec<(Name, usize)> = Vec::new();
        // Commas part clauses as often as members.
        let mut comma = false;
        let mut i = 0;
        while i < self.tokens.len() {
            if !self.tokens[i].is_name() {
                i += 1;
                continue;
            }
            let unit = Unit::at(self.line, &self.tokens, i);
            let next = unit.next;
            let (names, mut head) = self.names(&unit);
            waiting.extend(names.into_iter().map(|n| (n, i)));
            if let Head::Next(start) = head {
                if waiting.len() < 16 && self.tokens.get(start).is_some_and(Token::is_name) {
                    comma |= self.is_comma(start - 1);
                    i = start;
                    continue;
                }
                comma |= self.is_comma(start - 1);
                head = self.head_at(start);
            }
            let first = waiting.first().map_or(i, |(_, at)| *at);
            let leads = self.leads(first);
            let whole = leads && self.is_whole(next);
            for (name, at) in waiting.drain(..) {
                if comma && name.known.is_none() && !matches!(head, Head::Product(_)) {
                    continue;
                }
                let name_like = name.known.is_some() || !name.everyday;
                if let Some(claim) = self.judge(name, at, head) {
                    let claim = Claimed {
                        leads: leads && (name_like || claim.firm),
                        whole,
                        ..claim
                    };
                    add(&mut out, claim);
                }
            }
            comma = false;
            i = next;
        }
        out
    }

    /// The names of a unit and what they stand before. Unknown names that stand before nothing are
    /// left out: they claim nothing, whatever they are made of.
    fn names(&self, unit: &Unit) -> (Vec<Name>, Head) {
        if unit.has_known() {
            let names = unit.names(self.line);
            let known = names.last().is_some_and(|n| n.known.is_some());
            return (names, self.head(unit.next, known));
        }
        match self.head(unit.next, false) {
            head @ (Head::End | Head::Other) => (Vec::new(), head),
            head => (unit.names(self.line), head),
        }
    }

    /// What follows a unit that ended before token `next`, its last name being known or not.
    /// Decorations, places, and prose after a known brand are passed over.
    fn head(&self, next: usize, known: bool) -> Head {
        let mut at = next;
        let (mut prose, mut bracket) = (0, false);
        while let Some(token) = self.tokens.get(at) {
            match token.kind {
                Kind::Space if at == next => {}
                Kind::Close if at <= next + 1 || bracket => {}
                Kind::Open if self.tokens.get(at + 1).is_some_and(Token::is_aside) => {
                    bracket = true;
                }
                _ if token.is_aside() => {}
                Kind::Han if known && prose == 0 && self.is_prose(token) => prose += 1,
                Kind::Join if at == next => return Head::Next(at + 1),
                _ => break,
            }
            at += 1;
        }
        match self.head_at(at) {
            // `张工 电话`: an unknown name apart from the service word is a person as soon as a
            // brand.
            Head::Hot(i) if !known && self.is_han_before_space(next) => Head::Service(i),
            head => head,
        }
    }

    fn is_han_before_space(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|i| self.tokens[i].kind);
        self.tokens[at].kind == Kind::Space && before == Some(Kind::Han)
    }

    fn head_at(&self, at: usize) -> Head {
        let Some(token) = self.tokens.get(at) else {
            return Head::End;
        };
        match token.kind {
            Kind::Word(Word::Product(_)) => Head::Product(at),
            Kind::Word(Word::Hot | Word::Reach) | Kind::Number => Head::Hot(at),
            Kind::Word(Word::Service) => Head::Service(at),
            Kind::Break | Kind::Space | Kind::Open | Kind::Close => Head::End,
            _ => Head::Other,
        }
    }

    /// Decides whether the name is claimed.
    fn judge(&self, name: Name, at: usize, head: Head) -> Option<Claimed> {
        let name = name.without_qualifier(self.line);
        let open = || self.opening(at);
        let text = name.text(self.line);
        let firm = match (name.known.is_some(), head) {
            (_, Head::Other | Head::Next(_)) | (false, Head::End) => return None,
            (true, Head::Product(_)) => true,
            (true, Head::Hot(_) | Head::Service(_)) => {
                let open = open();
                let start = matches!(open, Opening::Start | Opening::Clause);
                open != Opening::Closed && (!name.everyday || start)
            }
            (true, Head::End) => !name.everyday && self.context() && open() != Opening::Closed,
            (false, _) if open() == Opening::Closed => return None,
            (false, Head::Product(p)) => self.unknown_before_product(&name, p)?,
            (false, Head::Hot(hot)) => {
                !name.everyday
                    && (2..=6).contains(&name.chars)
                    && open() == Opening::Start
                    && self.offers(hot)
                    && !names_goods(text)
            }
            (false, Head::Service(_)) => false,
        };
        let district = !matches!(head, Head::Product(_)) && region::is_place(text);
        if name.known.is_none() && (district || self.company_after(at)) {
            return None;
        }
        Some(Claimed {
            products: self.products_after(head),
            name: text.to_owned(),
            aliases: name.aliases(self.line),
            known: name.known,
            firm,
            leads: false,
            whole: false,
        })
    }

    /// Whether an unknown name before a product noun is believed at once; `None` where it is no
    /// name at all.
    fn unknown_before_product(&self, name: &Name, product: usize) -> Option<bool> {
        let token = &self.tokens[product];
        let noun = &self.line[token.start..token.end];
        let generic = GENERIC.contains(&noun) && !self.speaks_for_a_maker();
        let text = name.text(self.line);
        if region::is_place(text) && !self.speaks_for_a_maker() {
            return None;
        }
        if name.everyday {
            return (self.hot && name.chars <= 4).then_some(!generic);
        }
        Some(!generic)
    }

    /// Words that a maker's service uses and a shop in the next street does not.
    fn speaks_for_a_maker(&self) -> bool {
        const MAKER: &[&str] = &[
            "售后", "客服", "全国", "总部", "官方", "厂家", "400", "统一",
        ];
        self.tokens
            .iter()
            .filter(|t| t.is_hot())
            .any(|t| MAKER.iter().any(|m| self.line[t.start..t.end].contains(m)))
    }

    /// The line speaks of products or hotlines at all.
    fn context(&self) -> bool {
        self.hot
            || self
                .tokens
                .iter()
                .any(|t| matches!(t.kind, Kind::Word(Word::Product(_))))
    }

    /// Words that widen an offer (`全国`, `厂家`) are followed by one that makes it.
    fn offers(&self, hot: usize) -> bool {
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

    /// `便民售后网`: a site's own name.
    fn names_site(&self, hot: usize) -> bool {
        let text = |t: &Token| &self.line[t.start..t.end];
        let mut rest = self.tokens[hot..].iter();
        let next = rest.find(|t| !matches!(t.kind, Kind::Word(_)));
        next.is_some_and(|t| t.kind == Kind::Han && text(t) == "网")
    }

    /// `…有限公司`, `…商行` in the same clause: the run is a company's own name. So is a shop's,
    /// unless it speaks for a maker.
    fn company_after(&self, at: usize) -> bool {
        if !self.company {
            return false;
        }
        let maker = self.speaks_for_a_maker();
        self.tokens[at..]
            .iter()
            .take(MAX_AHEAD)
            .take_while(|t| !matches!(t.kind, Kind::Break | Kind::Space | Kind::Join))
            .any(|t| names_company(self.line, t) && (!maker || !names_shop(self.line, t)))
    }

    /// Nothing but places, decorations and marks stands before the token.
    fn leads(&self, at: usize) -> bool {
        self.tokens[..at].iter().all(|t| {
            t.is_aside()
                || matches!(
                    t.kind,
                    Kind::Space
                        | Kind::Open
                        | Kind::Close
                        | Kind::Break
                        | Kind::Digits
                        | Kind::Number
                        | Kind::Word(Word::Reach)
                )
        })
    }

    /// From the token on there are only words of claims, one of them of repair.
    fn is_whole(&self, from: usize) -> bool {
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

    fn is_comma(&self, at: usize) -> bool {
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

    fn opening(&self, at: usize) -> Opening {
        let mut i = at;
        while i > 0 {
            i -= 1;
            match self.tokens[i].kind {
                Kind::Space | Kind::Open | Kind::Word(Word::Skip | Word::Decor) => {}
                Kind::Break if self.ends_clause(&self.tokens[i]) => return Opening::Clause,
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

    /// A member of a list is as open as what stands before the list's comma.
    fn opening_of_list(&self, join: usize) -> Opening {
        match join.checked_sub(1).map(|i| self.tokens[i].kind) {
            Some(Kind::Word(Word::Stop)) => Opening::Closed,
            Some(Kind::Latin | Kind::Word(Word::Brand(_) | Word::Product(_))) => Opening::Start,
            _ if self.is_comma(join) => Opening::Clause,
            _ => Opening::Start,
        }
    }

    /// Product nouns after the head, up to the next name or the end of the clause.
    fn products_after(&self, head: Head) -> Vec<u16> {
        let (Head::Product(from) | Head::Hot(from) | Head::Service(from)) = head else {
            return Vec::new();
        };
        let mut out = Vec::new();
        let mut joined = true;
        for token in self.tokens[from..].iter().take(MAX_AHEAD) {
            match token.kind {
                Kind::Word(Word::Product(p)) => {
                    if joined && !out.contains(&p) {
                        out.push(p);
                    }
                    joined = out.is_empty();
                }
                Kind::Join => joined = true,
                Kind::Break | Kind::Word(Word::Brand(_) | Word::Stop) | Kind::Latin => break,
                Kind::Han if !self.is_prose(token) => break,
                _ => {}
            }
        }
        out
    }

    fn is_prose(&self, token: &Token) -> bool {
        LEXICON.is_prose(&self.line[token.start..token.end])
    }
}

fn names_company(line: &str, token: &Token) -> bool {
    (6..=12).contains(&(token.end - token.start))
        && matches!(
            &line[token.start..token.end],
            "公司" | "有限" | "有限公司" | "集团" | "商行" | "经营部" | "企业" | "股份"
        )
        || names_shop(line, token)
}

/// Ends like goods that no list holds (`轴承座`, `搅拌机`): what a line offers, not whose. Or like a
/// firm of the trade (`顺达制冷`).
fn names_goods(name: &str) -> bool {
    const TRADES: &[&str] = &[
        "制冷", "机电", "家政", "锁业", "五金", "商贸", "工贸", "电子", "锁具",
    ];
    const GOODS: &[char] = &[
        '机', '器', '箱', '柜', '炉', '泵', '阀', '管', '座', '圈', '袋', '砖', '缆', '盘', '具',
        '站', '架', '车', '件', '膜', '剂', '网', '锁', '门', '窗', '灯', '板', '料',
    ];
    (name.ends_with(GOODS) && name.chars().count() >= 3) || TRADES.iter().any(|t| name.ends_with(t))
}

/// A shop of the neighbourhood.
fn names_shop(line: &str, token: &Token) -> bool {
    token.end - token.start == 9
        && matches!(
            &line[token.start..token.end],
            "服务部" | "维修部" | "修理部" | "修理店" | "修理铺" | "门市部" | "维修店" | "服务社"
        )
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// At the start of a clause, places and decorations aside.
    Start,
    /// At the start of a later clause of a sentence.
    Clause,
    /// After service words or a conjunction.
    Inside,
    /// After something that speaks against a name.
    Closed,
}

/// Adds a claim; the same name again brings its products.
fn add(out: &mut Vec<Claimed>, claim: Claimed) {
    let same = out
        .iter_mut()
        .find(|c| c.name == claim.name || (c.known.is_some() && c.known == claim.known));
    let Some(old) = same else {
        out.push(claim);
        return;
    };
    old.firm |= claim.firm;
    old.leads |= claim.leads;
    old.whole |= claim.whole;
    for alias in claim.aliases.into_iter().chain([claim.name]) {
        if alias != old.name && !old.aliases.contains(&alias) {
            old.aliases.push(alias);
        }
    }
    for p in claim.products {
        if !old.products.contains(&p) {
            old.products.push(p);
        }
    }
}
