//! Names that stand behind what they are claimed for: `冰箱售后：洛森顿`, `洗衣机(洛森顿)24小时客服`,
//! `品牌：洛森顿`. What stands there is as often a person, a branch or a fault: only a name that no
//! everyday word explains and that is spelled like a foreign one is believed, and only in a line
//! that offers a hotline.

use crate::extract::region::{self, is_han};

use super::claim::Reader;
use super::claimed::Claimed;
use super::context::names_goods;
use super::join::SPELLING;
use super::lexicon::{LEXICON, Word};
use super::token::{Kind, Token};

/// Common family names: a name of three characters or fewer that begins with one may be a person's.
const FAMILY: &str =
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕";

/// Reads like a person's name.
pub fn is_person(name: &str) -> bool {
    name.chars().count() <= 3 && name.starts_with(|c| FAMILY.contains(c))
}

/// What people call the repairer next door: `老王`, `小李`.
pub fn is_neighbour(name: &str) -> bool {
    let mut chars = name.chars();
    matches!(chars.next(), Some('老' | '小'))
        && chars.next().is_some_and(|c| FAMILY.contains(c))
        && chars.next().is_none()
}

/// A name that nothing but a brand explains.
fn is_strange(name: &str, most: usize) -> bool {
    let chars = name.chars().count();
    let spelled = name.chars().skip(1).any(|c| SPELLING.contains(c));
    (3..=most).contains(&chars)
        && name.chars().all(is_han)
        && LEXICON.strange(name) == chars
        && spelled
        && !is_person(name)
        && !names_goods(name)
        && !region::is_place(name)
}

impl Reader<'_> {
    /// The name that a line without any other holds behind its product or label.
    pub fn set_behind(&self) -> Option<Claimed> {
        const MOST: usize = 5;
        // Most lines that claim nothing offer nothing either.
        if self.company || !(self.hot || self.line.contains("品牌")) {
            return None;
        }
        let at = (1..self.tokens.len()).find(|at| {
            self.tokens[*at].kind == Kind::Han && (self.is_labelled(*at) || self.ends_line(*at))
                || self.is_bracketed(*at)
        })?;
        let token = &self.tokens[at];
        let name = self.text(token);
        let claim = || Claimed {
            name: self.written[token.start..token.end].to_owned(),
            aliases: Vec::new(),
            pair: false,
            products: self.all_products(),
            firm: true,
            known: None,
            leads: false,
            whole: false,
        };
        is_strange(name, MOST).then(|| claim().with_simplified())
    }

    fn text(&self, token: &Token) -> &str {
        &self.line[token.start..token.end]
    }

    fn all_products(&self) -> Vec<u16> {
        let product = |t: &Token| match t.kind {
            Kind::Word(Word::Product(p)) => Some(p),
            _ => None,
        };
        self.tokens.iter().filter_map(product).collect()
    }

    /// `品牌：洛森顿`, the label at the line's start.
    fn is_labelled(&self, at: usize) -> bool {
        let front = self.tokens.get(..at).unwrap_or_default();
        matches!(front, [.., mark] if mark.kind == Kind::Break)
            && matches!(
                self.line[..self.tokens[at].start].trim_end_matches([':', '：', ' ']),
                "品牌" | "品牌名称" | "所属品牌"
            )
    }

    /// `冰箱售后:洛森顿`: words of a claim with its product, a mark, and the name, which
    /// no word follows but behind another mark.
    fn ends_line(&self, at: usize) -> bool {
        let mut front = self.tokens[..at].iter();
        let marked = self.tokens[at - 1].kind == Kind::Break;
        let worded = |t: &Token| match t.kind {
            Kind::Word(word) => !matches!(word, Word::Stop | Word::Brand(_)),
            Kind::Han | Kind::Latin => false,
            _ => true,
        };
        let rest = &self.tokens[at + 1..];
        let set_off = rest
            .first()
            .is_none_or(|t| !matches!(t.kind, Kind::Word(_)));
        marked
            && set_off
            && self.hot
            && self.has_goods()
            && front.all(worded)
            && rest.iter().all(worded)
    }

    /// `洗衣机(洛森顿)24小时客服`: nothing else in the bracket behind a product.
    fn is_bracketed(&self, at: usize) -> bool {
        let around = at
            .checked_sub(2)
            .and_then(|from| self.tokens.get(from..at + 2));
        let Some([goods, open, name, close]) = around else {
            return false;
        };
        matches!(goods.kind, Kind::Word(Word::Product(_)))
            && [open.kind, name.kind, close.kind] == [Kind::Open, Kind::Han, Kind::Close]
            && self.hot
    }

    fn has_goods(&self) -> bool {
        let goods = |t: &Token| matches!(t.kind, Kind::Word(Word::Product(_))) && !t.marks.generic;
        self.tokens.iter().any(goods)
    }
}
