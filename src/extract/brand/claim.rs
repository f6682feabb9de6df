//! What one line claims: names that stand before a product noun or a service word.
//!
//! A name is a run that no list explains, or a known brand, in an open place: at the start of a
//! clause, or after places, decorations and service words. Everyday words are names only before
//! a product noun in a line that offers a hotline.

use crate::extract::region;

use super::disguise;
use super::lexicon::{LEXICON, Word};
use super::name::{self, Name, Unit};
use super::token::{Kind, MIN_NUMBER, Token, tokens};

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

/// Reads a line.
pub fn read(line: &str) -> Reading {
    let line = &*disguise::undress(region::head(line, MAX_BYTES));
    let tokens = tokens(line);
    if tokens.is_empty() {
        return Reading::default();
    }
    let reader = Reader {
        line,
        hot: tokens.iter().any(|t| t.kind == Kind::Word(Word::Hot)),
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
                    i = start;
                    continue;
                }
                head = self.head_at(start);
            }
            for (name, at) in waiting.drain(..) {
                if let Some(claim) = self.judge(name, at, head) {
                    add(&mut out, claim);
                }
            }
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
            Head::Hot(i) if !known && self.tokens[next].kind == Kind::Space => Head::Service(i),
            head => head,
        }
    }

    fn head_at(&self, at: usize) -> Head {
        let Some(token) = self.tokens.get(at) else {
            return Head::End;
        };
        match token.kind {
            Kind::Word(Word::Product(_)) => Head::Product(at),
            Kind::Word(Word::Hot) => Head::Hot(at),
            Kind::Word(Word::Service) => Head::Service(at),
            Kind::Digits if token.end - token.start >= MIN_NUMBER => Head::Hot(at),
            Kind::Break | Kind::Space | Kind::Open | Kind::Close => Head::End,
            _ => Head::Other,
        }
    }

    /// Decides whether the name is claimed.
    fn judge(&self, name: Name, at: usize, head: Head) -> Option<Claimed> {
        let open = || self.opening(at);
        let text = name.text(self.line);
        let firm = match (name.known.is_some(), head) {
            (_, Head::Other | Head::Next(_)) | (false, Head::End) => return None,
            (true, Head::Product(_)) => true,
            (true, Head::Hot(_) | Head::Service(_)) => {
                let open = open();
                open != Opening::Closed && (!name.everyday || open == Opening::Start)
            }
            (true, Head::End) => !name.everyday && self.context() && open() != Opening::Closed,
            (false, _) if open() == Opening::Closed => return None,
            (false, Head::Product(p)) => self.unknown_before_product(&name, p)?,
            (false, Head::Hot(_)) => {
                !name.everyday && (2..=6).contains(&name.chars) && open() == Opening::Start
            }
            (false, Head::Service(_)) => false,
        };
        let district = !matches!(head, Head::Product(_)) && region::is_place(text);
        if name.known.is_none() && (district || (self.company && self.company_after(at))) {
            return None;
        }
        Some(Claimed {
            products: self.products_after(head),
            name: text.to_owned(),
            aliases: name.aliases(self.line),
            known: name.known,
            firm,
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
            .filter(|t| t.kind == Kind::Word(Word::Hot))
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

    /// `…有限公司`, `…商行` in the same clause: the run is a company's own name.
    fn company_after(&self, at: usize) -> bool {
        self.tokens[at..]
            .iter()
            .take(MAX_AHEAD)
            .take_while(|t| !matches!(t.kind, Kind::Break | Kind::Space | Kind::Join))
            .any(|t| names_company(self.line, t))
    }

    fn opening(&self, at: usize) -> Opening {
        let mut i = at;
        while i > 0 {
            i -= 1;
            match self.tokens[i].kind {
                Kind::Space | Kind::Open | Kind::Word(Word::Skip | Word::Decor) => {}
                Kind::Break | Kind::Place | Kind::Digits | Kind::Close => return Opening::Start,
                Kind::Join => return self.opening_of_list(i),
                Kind::Word(Word::Hot | Word::Service) => return Opening::Inside,
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
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// At the start of a clause, places and decorations aside.
    Start,
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
