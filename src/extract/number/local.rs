//! Numbers that only their context makes numbers: short codes, and local numbers without an
//! area code.

use super::Kind;
use super::candidate::{Look, Reading};
use super::context::{self, Before, Label};
use super::glyph::Gap;
use super::plan;
use super::reading::Setting;
use super::scan::is_cjk;
use super::shape::{self, Shape, boundary, group_end};

impl Look<'_> {
    /// A short code, where the context speaks of telephoning.
    pub(super) fn short(&self) -> Option<Reading> {
        let mut to = group_end(self.cells, self.from);
        if let Some(end) = self.eight_in_two().or_else(|| self.code_by_digits()) {
            to = end;
        }
        let digits = shape::digits(&self.cells[self.from..to]);
        if !plan::is_short(&digits)
            || !boundary(self.cells, to)
            || self.setting == Setting::Code && !self.is_called_directly()
        {
            return None;
        }
        let shape = self.shape(to);
        let spoken = self.is_spoken_of(&digits, to);
        let lead = self.text[..self.start()].chars().next_back();
        let clean = self.from > 0
            || !lead.is_some_and(|c| {
                matches!(c, '-' | '.' | '#' | '_' | '/') || (c.is_alphanumeric() && !is_cjk(c))
            });
        (spoken && clean && shape.letters == 0 && (!shape.han || self.is_called_directly()))
            .then(|| self.reading(to, shape::spell(&digits), Kind::Short))
    }

    /// Do the words around a short code, which ends before cell `to`, speak of telephoning?
    fn is_spoken_of(&self, digits: &[u8], to: usize) -> bool {
        let nine = digits[0] == 9 || digits.len() == 8;
        let end = self.cells[to - 1].end;
        let public = (nine || digits.starts_with(&[1, 2])) && !digits.ends_with(&[0, 0, 0]);
        let soon = || {
            context::phone_soon_after(self.text, end)
                || (public && context::is_said_to_be_one(self.text, end))
        };
        let before = self.before();
        // `点击:955318 次`
        let visited = || {
            let behind = context::head(self.text, self.cells[to - 1].end, 6);
            behind.trim_start().starts_with('次')
        };
        match before {
            _ if self.setting == Setting::Key || self.chained().is_some() => true,
            _ if visited() => false,
            Some(Before {
                label: Label::Phone | Label::Company,
                direct: true,
            }) => true,
            Some(Before {
                label: Label::Service,
                direct: true,
            }) => {
                nine || self.is_carrier(digits)
                    || self.is_public(digits)
                    || self.is_for_complaints(digits, to)
                    || soon()
            }
            Some(Before {
                label: Label::House,
                ..
            }) => {
                let counted = context::counts(self.text, self.cells[to - 1].end);
                nine && !digits.ends_with(&[0, 0, 0]) && !counted
            }
            Some(Before {
                label: Label::Id | Label::Count,
                direct: true,
            }) => false,
            Some(Before {
                label: Label::Phone | Label::Service | Label::Company,
                ..
            }) => (nine && (digits.len() < 8 || digits.starts_with(&[9, 5, 1, 0]))) || soon(),
            _ => {
                soon()
                    || (nine && digits.len() < 8 && self.is_of_brand(to))
                    || (nine && self.is_before_owner(before.is_some(), to))
                    || (digits.starts_with(&[1, 0, 0])
                        && context::owner_in_brackets(self.text, end))
            }
        }
    }

    /// The end of a code of eight digits in two groups: `1010-8888`, and behind a label `9510-5678`.
    fn eight_in_two(&self) -> Option<usize> {
        let to = group_end(self.cells, self.from);
        let end = self.span(self.from, 8)?;
        let split = self.cells.get(to)?.gap;
        let two = group_end(self.cells, to) == end;
        let parted = two && split.only(Gap(Gap::DASH.0 | Gap::SPACE.0));
        let head = shape::digits(&self.cells[self.from..to]);
        let fits = match head.as_slice() {
            [1, 0, 1, 0] => true,
            // As numbers of Hong Kong begin too.
            [9, 5, _, _] => self.called() && !self.looks_foreign(false),
            _ => false,
        };
        (parted && fits).then_some(end)
    }

    /// `荣耀95030`, `OPPO 95018`: right behind a brand, and nothing but punctuation behind it.
    fn is_of_brand(&self, to: usize) -> bool {
        self.setting == Setting::Prose
            && context::ends_in_brand(&self.text[..self.start()])
            && !context::counts(self.text, self.cells[to - 1].end)
    }

    /// `95566中国银行`, `95588（工商银行）`: at the start of a phrase, and right before the name of
    /// whose it is.
    fn is_before_owner(&self, labelled: bool, to: usize) -> bool {
        let before = self.text[..self.start()].trim_end();
        let starts = !before.ends_with(|c: char| c.is_alphanumeric() || "-.=/_#:：".contains(c));
        let end = self.cells[to - 1].end;
        starts
            && !labelled
            && self.setting == Setting::Prose
            && context::owner_follows(self.text, end)
    }

    /// `投诉：12301`: a public service's code, or a carrier's, set off from the word of service.
    fn is_public(&self, digits: &[u8]) -> bool {
        let before = &self.text[..self.start()];
        let carrier = digits.starts_with(&[1, 0, 0]) && !digits.ends_with(&[0, 0]);
        let public = digits.starts_with(&[1, 2]) || carrier;
        public && digits.len() == 5 && before.ends_with([':', '：', ' '])
    }

    /// `旅游投诉12301 `: a public code right behind a word of complaint that ends its phrase.
    fn is_for_complaints(&self, digits: &[u8], to: usize) -> bool {
        let before = &self.text[..self.start()];
        let behind = self.text[self.cells[to - 1].end..].chars().next();
        digits.starts_with(&[1, 2, 3])
            && ["投诉", "举报", "维权", "监督"]
                .iter()
                .any(|word| before.ends_with(word))
            && behind.is_none_or(|c| c.is_whitespace() || "、；;)）|".contains(c))
    }

    /// The end of a code right behind a word for telephone, with the same gap between all digits:
    /// `9 5 5 3 3`.
    fn code_by_digits(&self) -> Option<usize> {
        let gap = self.cells.get(self.from + 1)?.gap;
        if gap != Gap::SPACE && gap != Gap::DASH {
            return None;
        }
        let rest = self.cells[self.from + 1..].iter();
        let many = 1 + rest.take(24).take_while(|cell| cell.gap == gap).count();
        let to = self.span(self.from, many)?;
        (matches!(many, 5 | 6 | 8) && self.is_called_directly()).then_some(to)
    }

    /// `客服10086`: a carrier's own code.
    fn is_carrier(&self, digits: &[u8]) -> bool {
        digits.starts_with(&[1, 0, 0]) && self.text[..self.start()].ends_with("客服")
    }

    /// Seven or eight digits without an area code, directly behind a telephone label or another
    /// such number.
    pub(super) fn local(&self) -> Option<Reading> {
        let first = self.cells[self.from].digit;
        let chained = matches!(self.chained(), Some(Kind::Landline | Kind::Foreign));
        let served = !chained && !self.is_called_directly();
        if !(2..=9).contains(&first) {
            return None;
        }
        let named = served && !self.is_served();
        if named && !self.is_named_behind() && !self.is_of_department() {
            return None;
        }
        let lengths = [8, 7].into_iter().take(if served { 1 } else { 2 });
        lengths
            .into_iter()
            .find_map(|many| self.local_of(many, chained))
    }

    /// `83617245（传真）`: eight digits in one group, and nothing but a word for telephone in the
    /// bracket right behind them.
    fn is_named_behind(&self) -> bool {
        let end = group_end(self.cells, self.from);
        let behind = &self.text[self.cells[end - 1].end..];
        let inner = behind.strip_prefix(['(', '（']);
        let word = inner.and_then(|inner| context::head(inner, 0, 24).split_once([')', '）']));
        self.setting == Setting::Prose
            && word.is_some_and(|(word, _)| {
                [
                    "电话", "座机", "固话", "传真", "热线", "總機", "总机", "電話", "傳真",
                ]
                .contains(&word.trim())
            })
    }

    /// `教务处：83617245`, `保卫处(夜间)：…`: the name of a department and a colon right before, and the
    /// phrase ends behind the digits.
    fn is_of_department(&self) -> bool {
        const ENDINGS: [char; 12] = [
            '处', '部', '室', '科', '馆', '院', '所', '站', '厅', '局', '队', '办',
        ];
        // Words that end so and are none.
        const OTHERS: [&str; 18] = [
            "全部", "内部", "外部", "局部", "百科", "本科", "专科", "网站", "本站", "全站", "分站",
            "出处", "用处", "好处", "场所", "结局", "主办", "承办",
        ];
        let before = self.text[..self.start()].trim_end_matches(' ');
        let Some(name) = before.strip_suffix([':', '：']) else {
            return false;
        };
        let name = name.trim_end_matches([')', '）']);
        let name = match name.rsplit_once(['(', '（']) {
            Some((name, remark)) if remark.chars().all(is_cjk) => name,
            _ => name,
        };
        let two = context::tail(name, name.len(), 6);
        let Some(end) = self.span(self.from, 8) else {
            return false;
        };
        let behind = self.text[self.cells[end - 1].end..].chars().next();
        self.setting == Setting::Prose
            && two.len() == 6
            && two.chars().all(is_cjk)
            && two.ends_with(ENDINGS)
            && !OTHERS.contains(&two)
            && behind.is_none_or(|c| c.is_whitespace() || "，。；;、,)）|".contains(c))
    }

    /// Such a number of so many digits.
    fn local_of(&self, many: usize, chained: bool) -> Option<Reading> {
        let first = self.cells[self.from].digit;
        let to = self.span(self.from, many)?;
        let digits = shape::digits(&self.cells[self.from..to]);
        let shape = self.shape(to);
        let written = matches!(
            shape.groups.as_slice(),
            [8] | [4, 4] | [7] | [3, 4] | [2, 2, 2, 2] | [1, 7]
        ) || shape.spelled()
            || (shape.groups == [3, 2, 2] && self.is_called_directly());
        let gaps = shape.gaps == Gap::NONE
            || shape
                .gaps
                .only(Gap(Gap::DASH.0 | Gap::SPACE.0 | Gap::DOT.0));
        // `400-7651`: a toll number of which the end is missing.
        if !written
            || !gaps
            || plan::is_date(&digits)
            || shape.letters > 2
            || years(&shape, &digits)
            || matches!(
                (digits.as_slice(), shape.groups.as_slice()),
                ([4 | 8, 0, 0, ..], [3, 4])
            )
        {
            return None;
        }
        let same = chained && self.last.local == many;
        if chained && !same && !self.is_called_directly() {
            return None;
        }
        let area = if same && self.last.kind == Some(Kind::Landline) {
            self.last.area.as_str()
        } else {
            self.named_area().unwrap_or_default()
        };
        let foreign = if same {
            self.last.kind == Some(Kind::Foreign)
        } else {
            many == 8 && self.looks_foreign(shape.groups == [4, 4])
        };
        if first == 9 && !foreign {
            return None;
        }
        let number = format!("{area}{}", shape::spell(&digits));
        let mut reading = self.reading(
            to,
            number,
            if foreign {
                Kind::Foreign
            } else {
                Kind::Landline
            },
        );
        reading.area = area.len();
        Some(reading)
    }

    /// `区号0512 电话67284913`: the area code of a local number has a label of its own.
    fn named_area(&self) -> Option<&str> {
        let near = context::tail(self.text, self.start(), 48);
        let named = &near[near.rfind("区号")? + "区号".len()..];
        let named = named.trim_start_matches([':', '：', ' ', '是', '为']);
        let end = named.find(|c: char| !c.is_ascii_digit())?;
        let digits: Vec<u8> = named[..end].bytes().map(|b| b - b'0').collect();
        let [0, area @ ..] = digits.as_slice() else {
            return None;
        };
        let (length, ..) = plan::area(area)?;
        (length == area.len()).then_some(&named[..end])
    }

    /// `报修：26873319`: a word of service and a colon stand directly before; in Hong Kong `查詢:`.
    pub(super) fn is_served(&self) -> bool {
        let served = matches!(
            self.before(),
            Some(Before {
                label: Label::Service,
                direct: true
            })
        );
        let before = self.text[..self.start()].trim_end_matches([' ', '(', '（']);
        let label = before.trim_end_matches([':', '：', ' ']);
        let traditional = || !self.written[..label.len()].ends_with('询');
        let enquiries = (label.ends_with("查询") || label.ends_with("洽询")) && traditional();
        (served || enquiries) && self.setting == Setting::Prose && before.ends_with([':', '：'])
    }

    /// Chinese characters stand near.
    pub(super) fn amid_chinese(&self) -> bool {
        let start = self.start();
        context::tail(self.text, start, 24).contains(is_cjk)
            || context::head(self.text, start, 48).contains(is_cjk)
    }

    /// Eight digits as written in Hong Kong and Macau: by place name or traditional characters
    /// near them, or in two groups of four with no simplified character near.
    pub(super) fn looks_foreign(&self, four_four: bool) -> bool {
        let start = self.start();
        let near = [
            context::tail(self.written, start, 60),
            context::head(self.written, start, 72),
        ];
        let any = |set: &str| near.iter().any(|part| part.contains(|c| set.contains(c)));
        if near
            .iter()
            .any(|part| part.contains("香港") || part.contains("澳门") || part.contains("澳門"))
        {
            return true;
        }
        let traditional = any("電話線務傳熱機們請與聯絡繫撥為號碼顧訊詢維後");
        let simplified = any("电话线务传热机们请与联络系拨为号码顾讯询维后");
        traditional || (four_four && !simplified)
    }
}

/// `2019-2023`: two years.
fn years(shape: &Shape, digits: &[u8]) -> bool {
    let year = |part: &[u8]| matches!(part, [1, 9, ..] | [2, 0, ..]);
    shape.groups == [4, 4] && year(&digits[..4]) && year(&digits[4..])
}
