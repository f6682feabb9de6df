//! What may stand between a name and the word that it stands before: models, dashes, and the
//! spaces of a list.

use crate::extract::region::is_han;

use super::claim::{MAX_AHEAD, MAX_MEMBER, Reader};
use super::context::names_goods;
use super::lexicon::{LEXICON, Word};
use super::model;
use super::name::Name;
use super::token::{Kind, Token};

/// Tokens of a member of a list at most.
const MAX_PARTS: usize = 4;

/// Bytes of what a company says of its trade behind its name (`新电气`).
const MAX_TRADE: usize = 3 * '新'.len_utf8();

/// Part of a Chinese name, listed or not.
fn is_part(token: &Token) -> bool {
    matches!(token.kind, Kind::Han | Kind::Word(Word::Brand(_)))
}

impl Reader<'_> {
    /// `匠星智能智能锁`: where the word behind a name begins the product too, it belongs to the name,
    /// which ends here.
    pub fn doubled(&self, next: usize) -> Option<usize> {
        let [word, product] = self.tokens.get(next..next + 2)? else {
            return None;
        };
        let text = |token: &Token| &self.line[token.start..token.end];
        let begins = matches!(product.kind, Kind::Word(Word::Product(_)))
            && product.start == word.end
            && text(product).starts_with(text(word));
        (begins && matches!(word.kind, Kind::Word(Word::Skip | Word::Decor))).then_some(word.end)
    }

    /// Behind a model at token `next` and the spaces around it. An unknown name and its model
    /// stand side by side, or the name is strange and a product follows (`洛森 KFR-35GW 空调`).
    pub fn model_behind(&self, next: usize, known: bool) -> Option<usize> {
        let space = |at: usize| self.tokens.get(at).is_some_and(|t| t.kind == Kind::Space);
        let from = next + usize::from(known && space(next));
        // `欧米茄海马300手表`: digits alone, right before the product of a listed name.
        if let Some([digits, product]) = self.tokens.get(from..from + 2)
            && known
            && digits.kind == Kind::Digits
            && digits.end == product.start
            && matches!(product.kind, Kind::Word(Word::Product(_)))
        {
            return Some(from + 1);
        }
        // `三星55寸电视`, `洛森10公斤洗衣机`: the size of the product.
        if let Some([size, product]) = self.tokens.get(from..from + 2)
            && size.kind == Kind::Digits
            && !self.line[..size.end].ends_with(|c: char| c.is_ascii_digit())
            && size.end == product.start
            && matches!(product.kind, Kind::Word(Word::Product(_)))
        {
            return Some(from + 1);
        }
        // `苹果iPhone15换屏`: the digits of a listed name's model.
        if let Some([digits, head]) = self.tokens.get(next..next + 2)
            && known
            && digits.kind == Kind::Digits
            && digits.end - digits.start <= 3
            && self.line[..digits.start].ends_with(|c: char| c.is_ascii_alphabetic())
            && matches!(head.kind, Kind::Word(Word::Product(_) | Word::Service))
        {
            return Some(next + 1);
        }
        let apart = !known && space(next) && self.is_strange_before(next);
        let end = model::end(self.line, self.tokens, from + usize::from(apart))?;
        let end = model::behind_edition(self.line, self.tokens, end).unwrap_or(end);
        let behind = end + usize::from(space(end));
        (!apart || self.is_goods(behind)).then_some(behind)
    }

    /// A short Chinese name that holds no everyday word ends before token `at`.
    fn is_strange_before(&self, at: usize) -> bool {
        let Some(name) = at.checked_sub(1).map(|i| self.tokens[i]) else {
            return false;
        };
        let text = &self.line[name.start..name.end];
        let sized = (2..=MAX_MEMBER).contains(&text.chars().count());
        name.kind == Kind::Han && sized && LEXICON.strange(text) >= 2 && !names_goods(text)
    }

    /// A product noun of one kind of goods stands at token `at`.
    fn is_goods(&self, at: usize) -> bool {
        let mut behind = self.tokens.iter().skip(at).take(MAX_PARTS);
        behind
            .find(|t| !t.is_aside())
            .is_some_and(|t| matches!(t.kind, Kind::Word(Word::Product(_))) && !t.marks.generic)
    }

    /// A space between two members of a list: listed brands, or names that hold no everyday word.
    pub fn lists_by_space(&self, space: usize) -> bool {
        let (Some(from), Some(b)) = (space.checked_sub(1), self.tokens.get(space + 1)) else {
            return false;
        };
        let behind = self.tokens[space + 1..].iter().take(MAX_PARTS);
        let before = self.tokens[..=from].iter().rev().take(MAX_PARTS);
        let start = before.take_while(|t| is_part(t)).last().map(|t| t.start);
        let end = behind.take_while(|t| is_part(t)).last().map(|t| t.end);
        let (Some(start), Some(end)) = (start, end) else {
            return false;
        };
        let a = &self.tokens[from];
        let listed = |t: &Token, many: bool| !many && matches!(t.kind, Kind::Word(Word::Brand(_)));
        let strange = |text: &str| {
            let sized = (2..=MAX_MEMBER).contains(&text.chars().count());
            sized && text.chars().all(is_han) && LEXICON.strange(text) >= 2
        };
        let known = listed(a, a.start > start) && listed(b, b.end < end);
        let unknown = || strange(&self.line[start..a.end]) && strange(&self.line[b.start..end]);
        // The list goes on to what its members are claimed for.
        let mut ahead = self.tokens[space..].iter().take(MAX_AHEAD);
        let head = ahead.find(|t| !t.is_name() && t.kind != Kind::Space);
        let head =
            head.is_some_and(|t| t.is_hot() || matches!(t.kind, Kind::Word(Word::Product(_))));
        head && (known || (self.hot && unknown()))
    }

    /// `洛森-智能锁-售后`: a dash parts the name that the line begins with from its product.
    pub fn is_dashed(&self, at: usize, known: bool) -> bool {
        let Some([name, dash, product]) = at
            .checked_sub(1)
            .and_then(|from| self.tokens.get(from..from + 3))
        else {
            return false;
        };
        let text = &self.line[name.start..name.end];
        let own = || {
            let chars = text.chars().count();
            let strange = (2..=MAX_MEMBER).contains(&chars) && LEXICON.strange(text) >= 2;
            name.kind == Kind::Han
                && (at <= self.lead + 1 || self.is_offer(at - 1))
                && self.hot
                && strange
                && !names_goods(text)
        };
        let product =
            matches!(product.kind, Kind::Word(Word::Product(_))) && !product.marks.generic;
        let dashes = ["-", "_", "|", "－", "—", "｜", ".", "．", "·"];
        product && dashes.contains(&&self.line[dash.start..dash.end]) && (known || own())
    }

    /// `售后服务-洛森-冰箱`: nothing but an offer and a mark before token `at`.
    fn is_offer(&self, at: usize) -> bool {
        self.tokens[..at].iter().all(|t| {
            let words = Kind::Word(Word::Service);
            t.is_hot() || t.is_aside() || t.kind == words || t.kind == Kind::Break
        })
    }

    /// A mark at token `at` between two brackets, the second around a product in an offer.
    pub fn is_between_brackets(&self, at: usize) -> bool {
        let around = at
            .checked_sub(1)
            .and_then(|from| self.tokens.get(from..from + 4));
        self.hot
            && around.is_some_and(|t| {
                [t[0].kind, t[2].kind] == [Kind::Close, Kind::Open] && self.is_goods(at + 2)
            })
    }

    /// `海尔集团`, `海尔(中国)有限公司`: the word for a company right behind a listed name.
    pub fn is_company(&self, name: &Name) -> bool {
        let behind = self.tokens.iter().filter(|t| t.start >= name.end());
        let mut behind = behind.take(MAX_PARTS).skip_while(|t| {
            let trade = t.kind == Kind::Han && t.end - t.start <= MAX_TRADE;
            trade || t.marks.generic || t.is_aside() || matches!(t.kind, Kind::Open | Kind::Close)
        });
        behind.next().is_some_and(|t| t.marks.company)
    }

    /// `洛森智能锁有限公司`: the company is called by its product, and its name by nothing else.
    pub fn is_maker(&self, name: &str, product: usize) -> bool {
        const MADE: &[&str] = &["电器", "厨电", "厨具", "家具", "门窗", "照明"];
        let token = &self.tokens[product];
        let chars = name.chars().count();
        let made = !token.marks.generic || MADE.contains(&&self.line[token.start..token.end]);
        let behind = &self.line[token.end..];
        let company = behind.starts_with("有限") || behind.starts_with("股份");
        made && company && (2..=MAX_MEMBER).contains(&chars) && LEXICON.strange(name) >= 2
    }
}
