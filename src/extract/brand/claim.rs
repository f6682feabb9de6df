//! What one line claims: names that stand before a product noun or a service word.
//!
//! A name is a run that no list explains, or a known brand, in an open place: at the start of a
//! clause, or after places, decorations and service words. Everyday words are names only before
//! a product noun in a line that offers a hotline.

use std::borrow::Cow;

use crate::extract::fold;
use crate::extract::number::{self, Found};
use crate::extract::region;

use super::claimed::{Claimed, Reading};
use super::context::{Opening, names_goods};
use super::disguise;
use super::lexicon::{LEXICON, Word};
use super::model;
use super::name::{Name, Run};
use super::token::{Kind, Token, tokens};

/// Bytes of a line that are read.
const MAX_BYTES: usize = 600;

/// Tokens that are looked at behind a name: titles are shorter, and hostile lines stay linear.
pub const MAX_AHEAD: usize = 32;

/// Characters of an unknown name between commas: longer ones are clauses.
pub const MAX_MEMBER: usize = 4;

/// Bytes of an unknown noun between a known name and its head.
const MAX_NOUN: usize = 4 * '锁'.len_utf8();

/// Buffers that serve line after line.
#[derive(Default)]
pub struct Scratch {
    tokens: Vec<Token>,
    lower: String,
}

impl Scratch {
    /// Reads a line with the telephone numbers in it.
    pub fn read(&mut self, line: &str, numbers: &[Found]) -> Reading {
        let line = region::head(line, MAX_BYTES);
        let narrow = disguise::in_plain_forms(line);
        match disguise::undress(narrow.as_deref().unwrap_or(line)) {
            Cow::Borrowed(line) if narrow.is_none() => self.read_plain(line, numbers),
            // The numbers stand elsewhere now.
            plain => {
                let mut reading = self.read_plain(&plain, &number::find(&plain));
                for claim in reading.claims.iter_mut().filter(|_| narrow.is_some()) {
                    claim.as_written(line);
                }
                reading
            }
        }
    }

    fn read_plain(&mut self, written: &str, numbers: &[Found]) -> Reading {
        let line = fold::simple(written);
        let line = line.as_ref();
        tokens(line, numbers, &mut self.lower, &mut self.tokens);
        let tokens = self.tokens.as_slice();
        let mut reader = Reader {
            line,
            written,
            tokens,
            lead: tokens.len(),
            hot: false,
            company: false,
        };
        for (i, token) in tokens.iter().enumerate() {
            reader.hot |= token.is_hot();
            reader.company |= token.marks.company || token.marks.shop;
            if i < reader.lead && !token.is_lead() {
                reader.lead = i;
            }
        }
        let mut claims = reader.claims();
        if claims.len() > 1 && reader.names_directory() {
            claims.clear();
        }
        let wide = tokens.iter().any(|token| match token.kind {
            Kind::Word(Word::Reach) => true,
            Kind::Word(Word::Hot) => line[token.start..token.end].contains("网点"),
            _ => false,
        });
        Reading {
            claims,
            hot: reader.hot,
            wide,
        }
    }

    /// All product nouns of the line that was read last, in order, without repeats.
    pub fn products(&self) -> Vec<u16> {
        let mut products = Vec::new();
        for (i, token) in self.tokens.iter().enumerate() {
            if let Kind::Word(Word::Product(p)) = token.kind
                && !products.contains(&p)
                && !is_collective_of(&self.tokens, i)
            {
                products.push(p);
            }
        }
        products
    }
}

/// A line with its tokens.
pub struct Reader<'a> {
    /// In simplified characters, as all words are listed.
    pub line: &'a str,
    /// As it stands on the page, and as names are reported.
    pub written: &'a str,
    pub tokens: &'a [Token],
    /// The first token that is more than places, decorations and marks.
    pub lead: usize,
    /// Some token offers a hotline.
    pub hot: bool,
    /// Some token is the word for a company.
    pub company: bool,
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
            let first = waiting.first().map_or(i, |(_, at)| *at);
            let leads = first <= self.lead;
            let run = Run::at(self.line, self.tokens, i);
            let mut head = self.names(&run, leads, &mut waiting);
            if let Head::Next(start) = head {
                comma |= self.is_comma(start - 1);
                if waiting.len() < 16 && self.tokens.get(start).is_some_and(Token::is_name) {
                    i = start;
                    continue;
                }
                head = self.head_at(start);
            }
            let whole = leads && !waiting.is_empty() && self.is_whole(run.next);
            for (name, at) in waiting.drain(..) {
                let member = matches!(head, Head::Product(_)) && name.chars <= MAX_MEMBER;
                if comma && name.known.is_none() && !member {
                    continue;
                }
                if let Some(claim) = self.judge(name, at, head, leads) {
                    add(&mut out, Claimed { whole, ..claim });
                }
            }
            comma = false;
            i = run.next;
        }
        if out.is_empty() {
            out.extend(self.set_behind());
        }
        out
    }

    /// Adds the names of a run to `out`; what they stand before. Unknown names that stand where
    /// none is believed are left out, whatever they are made of: most runs are prose.
    fn names(&self, run: &Run, leads: bool, out: &mut Vec<(Name, usize)>) -> Head {
        if run.known {
            let names = run.names(self.line, self.tokens);
            let known = names.last().is_some_and(|n| n.known.is_some());
            out.extend(names.into_iter().map(|n| (n, run.first)));
            return self.head(run.next, known);
        }
        let head = self.head(run.next, false);
        let open = || self.opening(run.first);
        let worth = match head {
            Head::End | Head::Other => false,
            Head::Product(_) | Head::Next(_) => open() != Opening::Closed,
            Head::Hot(_) => leads || open() == Opening::Start,
            Head::Service(_) => leads,
        };
        if worth {
            let mut names = run.names(self.line, self.tokens);
            if let (Some(last), Some(end)) = (names.last_mut(), self.doubled(run.next)) {
                last.lengthen(end);
            }
            out.extend(names.into_iter().map(|n| (n, run.first)));
        }
        head
    }

    /// What follows a unit that ended before token `next`, its last name being known or not.
    /// Decorations, places, and prose after a known brand are passed over.
    fn head(&self, next: usize, known: bool) -> Head {
        let mut at = next;
        let (mut prose, mut bracket) = (0, false);
        if let Some(behind) = self.model_behind(next, known) {
            at = behind;
        }
        while let Some(token) = self.tokens.get(at) {
            match token.kind {
                Kind::Space if at == next && self.lists_by_space(at) => {
                    return Head::Next(at + 1);
                }
                Kind::Break if at == next && self.is_dashed(at, known) => {}
                Kind::Space if at == next => {}
                Kind::Close if at <= next + 1 || bracket => {}
                Kind::Open if self.tokens.get(at + 1).is_some_and(Token::is_aside) => {
                    bracket = true;
                }
                // `洛森(全国)锁`
                Kind::Open if self.is_offer_in_brackets(at) => at += 2,
                // `【洛森】-【热水器】`
                Kind::Break if at <= next + 1 && self.is_between_brackets(at) => at += 1,
                // `洛森(热水器)售后`
                Kind::Open if at == next && self.are_goods_in_brackets(at) => {}
                _ if token.is_aside() => {}
                // A noun that no list holds, behind a name that one does.
                Kind::Han if known && prose == 0 && self.is_passable(token) => prose += 1,
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

    /// Nothing but one word of an offer stands in the bracket that opens at token `at`.
    fn is_offer_in_brackets(&self, at: usize) -> bool {
        let behind = self.tokens.get(at + 1..at + 3);
        behind.is_some_and(|t| t[0].is_hot() && t[1].kind == Kind::Close)
    }

    /// Nothing but a product noun stands in the bracket that opens at token `at`.
    fn are_goods_in_brackets(&self, at: usize) -> bool {
        let behind = self.tokens.get(at + 1..at + 3);
        behind.is_some_and(|t| {
            matches!(t[0].kind, Kind::Word(Word::Product(_))) && t[1].kind == Kind::Close
        })
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
    fn judge(&self, name: Name, at: usize, head: Head, leads: bool) -> Option<Claimed> {
        let name = name.without_qualifier(self.line);
        let open = || self.opening(at);
        let text = name.text(self.line);
        // `专利号:ZL202019…`: the head of an identifier.
        if name.known.is_none() && self.heads_identifier(&name, at) {
            return None;
        }
        let hotline = |head: usize| {
            !name.everyday
                && (2..=6).contains(&name.chars)
                && open() == Opening::Start
                && self.offers(head)
                && !names_goods(text)
        };
        let firm = match (name.known.is_some(), head) {
            (true, Head::Other) if leads && !name.everyday && self.is_company(&name) => true,
            (_, Head::Other | Head::Next(_)) | (false, Head::End) => return None,
            (true, Head::Product(_)) => true,
            (true, Head::Hot(_) | Head::Service(_)) => {
                let open = open();
                let start = matches!(open, Opening::Start | Opening::Clause);
                open != Opening::Closed && (!name.everyday || start)
            }
            (true, Head::End) => !name.everyday && self.context() && open() != Opening::Closed,
            (false, _) if open() == Opening::Closed => return None,
            (false, Head::Product(p)) => self.unknown_before_product(&name, p, leads)?,
            (false, Head::Hot(hot)) => hotline(hot),
            // `洛森维修服务电话`: the word of repair is the hotline's.
            (false, Head::Service(at)) => self.is_repair_of_hotline(at) && hotline(at),
        };
        // Weak claims count where lines begin with them, if they read like names.
        let leads = leads && (firm || name.known.is_some() || !name.everyday);
        if name.known.is_none() && !firm && !leads {
            return None;
        }
        let branch = text.strip_suffix('店').is_some_and(region::is_place);
        let district = branch || (!matches!(head, Head::Product(_)) && region::is_place(text));
        let maker = matches!(head, Head::Product(p) if self.is_maker(text, p));
        if name.known.is_none() && (district || (self.company_after(at) && !maker)) {
            return None;
        }
        let firm = firm || maker;
        let aliases = name.aliases(self.written);
        let claim = Claimed {
            products: self.products_after(head),
            name: name.text(self.written).to_owned(),
            pair: !aliases.is_empty(),
            aliases,
            known: name.known,
            firm,
            leads,
            whole: false,
        };
        Some(claim.with_simplified())
    }

    /// Whether an unknown name before a product noun is believed at once; `None` where it is no
    /// name at all.
    fn unknown_before_product(&self, name: &Name, product: usize, leads: bool) -> Option<bool> {
        let generic = self.tokens[product].marks.generic && !self.speaks_for_a_maker();
        let text = name.text(self.line);
        // `M6`: as often a model, or a code of faults.
        let coded = text.ends_with(|c: char| c.is_ascii_digit());
        if coded && !(self.hot && leads) && !model::is_long(text) {
            return None;
        }
        let marque = self.line[name.end()..].starts_with('牌');
        if region::is_place(text) && !marque && !self.speaks_for_a_maker() {
            return None;
        }
        if name.everyday {
            return (self.hot && leads && name.chars <= 4).then_some(!generic);
        }
        Some(!generic)
    }

    /// Product nouns after the head, up to the next name or the end of the clause.
    fn products_after(&self, head: Head) -> Vec<u16> {
        let (Head::Product(from) | Head::Hot(from) | Head::Service(from)) = head else {
            return Vec::new();
        };
        let mut out = Vec::new();
        let mut joined = true;
        let ahead = self.tokens.iter().enumerate().skip(from);
        for (at, token) in ahead.take(MAX_AHEAD) {
            match token.kind {
                // `洛森电器集成灶`
                Kind::Word(Word::Product(_)) if is_collective_of(self.tokens, at) => {}
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

    fn is_passable(&self, token: &Token) -> bool {
        let text = &self.line[token.start..token.end];
        text.len() <= MAX_NOUN || self.is_prose(token)
    }

    fn is_prose(&self, token: &Token) -> bool {
        LEXICON.is_prose(&self.line[token.start..token.end])
    }
}

/// The word for many kinds of goods at token `at`, right before the kind that is meant.
fn is_collective_of(tokens: &[Token], at: usize) -> bool {
    let [many, one] = tokens.get(at..at + 2).unwrap_or_default() else {
        return false;
    };
    many.marks.collective
        && many.end == one.start
        && matches!(one.kind, Kind::Word(Word::Product(_)))
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
