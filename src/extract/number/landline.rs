//! Landlines: area code and local number, with the 0 before them and without.

use super::Kind;
use super::candidate::{Look, Reading};
use super::context::{Before, Label};
use super::glyph::{Gap, Style};
use super::plan;
use super::reading::Setting;
use super::shape::{self, INNER, Shape, boundary, group_end};

impl Look<'_> {
    /// `0` + area code + local number; also a mobile number or a regional short code behind a 0.
    pub(super) fn landline(&self, from: usize) -> Option<Reading> {
        if self.is_trunk_apart(from) {
            return None;
        }
        if self.cells.get(from + 1)?.digit == 1 && self.cells.get(from + 2)?.digit >= 3 {
            let mut reading = self.mobile(from + 1)?;
            reading.plain = self.shape(reading.to).plain();
            return Some(reading);
        }
        let head = shape::digits(&self.cells[from + 1..self.cells.len().min(from + 4)]);
        let (length, ..) = plan::area(&head)?;
        let to = self.area_and_local(from + 1, length)?;
        let shape = Shape::of(&self.cells[from..to]);
        let even = || shape::is_even(self.text, &self.cells[from..to], &shape);
        if shape.gaps.has(Gap::MARK) && !self.is_marked(&shape) && !even() {
            return None;
        }
        let number = format!(
            "0{}",
            shape::spell(&shape::digits(&self.cells[from + 1..to]))
        );
        let kind = if plan::is_short(&shape::digits(&self.cells[from + 1 + length..to]))
            && to - from - 1 - length < 7
        {
            Kind::Short
        } else {
            Kind::Landline
        };
        let mut reading = self.reading(to, number, kind);
        reading.area = length + 1;
        Some(reading)
    }

    /// The 0 stands apart from the digits behind it, as in versions (`0.10.82`) and lists (`[0]105454`).
    fn is_trunk_apart(&self, from: usize) -> bool {
        let [zero, next, ..] = self.cells[from..] else {
            return false;
        };
        if matches!(next.gap, Gap::NONE | Gap::STYLE) {
            return false;
        }
        let spelled = || {
            self.cells[from + 1..]
                .iter()
                .take(5)
                .all(|c| c.gap != Gap::NONE)
        };
        // `+86 (0)571`
        let bracketed = || {
            let open = self.text[..zero.start].ends_with(['(', '（', '[']);
            open && next.gap.has(Gap::CLOSE)
        };
        let usual = Gap(Gap::DASH.0 | Gap::SPACE.0 | Gap::OPEN.0 | Gap::CLOSE.0);
        !(spelled() || bracketed() || (next.gap.only(usual) && self.called()))
    }

    /// The end of a local number that follows the area code of `length` digits at cell `area`.
    pub(super) fn area_and_local(&self, area: usize, length: usize) -> Option<usize> {
        let local = area + length;
        let head = shape::digits(self.cells.get(area..local)?);
        let (_, seven, eight) = plan::area(&head)?;
        let parted = boundary(self.cells, local)
            && local < self.cells.len()
            && self.cells[local].gap != Gap::STYLE;
        // The area code is a group of its own, or everything is glued, or every digit apart.
        let broken = (area + 1..local)
            .any(|at| boundary(self.cells, at) && self.cells[at].gap != Gap::STYLE);
        if broken && !self.called() {
            return None;
        }
        let trusted = self.called() || (parted && !self.cells[local].gap.has(Gap::SPACE));
        // Cities grow: what is written out as a landline may be longer than the plan has it, or
        // from before its numbers grew.
        let written = trusted && parted;
        let lengths = [
            (8, eight || written),
            (7, seven || (written && length == 3)),
        ];
        for (many, allowed) in lengths {
            if !allowed {
                continue;
            }
            let Some(to) = self.span(local, many) else {
                continue;
            };
            if broken && !Shape::of(&self.cells[area..to]).spelled() {
                continue;
            }
            let digits = shape::digits(&self.cells[local..to]);
            let shape = Shape::of(&self.cells[local..to]);
            // `4⓪5⑦-9⑦1③`: the styles are mixed all over.
            let before = &self.cells[local..to - 1];
            let mixed = before.iter().any(|cell| cell.style != before[0].style);
            let sure = shape.spelled() || mixed;
            // `0717-4770711-8`: where numbers have seven digits, the eighth is an extension.
            let extends = seven && !eight && matches!(shape.groups.as_slice(), [.., 3..=9, 1]);
            if many == 8 && !sure && (extends || shape::is_astray(self.cells, to - 1, seven)) {
                continue;
            }
            // `0898|4498|0222`
            let even = |to| {
                let cells = &self.cells[self.from..to];
                shape::is_even(self.text, cells, &Shape::of(cells))
            };
            let one = [Gap::ODD, Gap::PLUS, Gap::MARK].contains(&shape.gaps);
            let inner = shape.gaps == Gap::NONE
                || shape.gaps.only(INNER)
                || (one
                    && shape.gaps == self.cells[local].gap
                    && (self.is_announced() || even(to)));
            let first = matches!(digits[0], 2..=8) || (parted && trusted && digits[0] != 0);
            let date = !self.called()
                && (plan::is_date(&digits) || shape::is_written_date(&self.cells[local..to]));
            let planned = if many == 8 { eight } else { seven };
            let most = match parted {
                true => 3,
                // `+86816493 8468`
                false if planned && self.called() => 2,
                false => 1,
            };
            let groups = shape.groups.len() <= most
                || shape.spelled()
                || (parted && shape.groups == [2, 2, 2, 2]);
            let bare = self.setting == Setting::Code && !parted && !self.called();
            let letters = shape.letters <= if self.called() { 7 } else { 3 };
            if inner && first && !date && groups && !bare && letters {
                return Some(to);
            }
        }
        if broken {
            return None;
        }
        // A regional short code: 0571-96312.
        let to = group_end(self.cells, local);
        let digits = shape::digits(self.cells.get(local..to)?);
        let dashed = || self.cells[local].gap == Gap::DASH && self.setting == Setting::Prose;
        let believed = self.called() || (matches!(digits.as_slice(), [9, 6, _, _, _]) && dashed());
        (parted
            && believed
            && matches!(digits.as_slice(), [9, ..] | [1, 2, 3, ..])
            && digits.len() < 7
            && plan::is_short(&digits))
        .then_some(to)
    }

    /// Area code and local number without the 0, where a telephone label stands before.
    pub(super) fn without_zero(&self) -> Option<Reading> {
        let head = shape::digits(&self.cells[self.from..self.cells.len().min(self.from + 3)]);
        let (length, ..) = plan::area(&head)?;
        let parted = self
            .cells
            .get(self.from + length)
            .is_some_and(|cell| cell.gap != Gap::NONE && cell.gap != Gap::STYLE);
        let labelled = self.is_served()
            || matches!(
                self.before(),
                Some(Before {
                    label: Label::Phone,
                    ..
                })
            );
        if self.setting == Setting::Key || !labelled {
            return None;
        }
        if !parted {
            return self.glued_without_zero(length);
        }
        let to = self.area_and_local(self.from, length)?;
        if to - self.from - length < 7 {
            return None;
        }
        let digits = shape::digits(&self.cells[self.from..to]);
        let mut reading = self.reading(to, format!("0{}", shape::spell(&digits)), Kind::Landline);
        reading.area = length + 1;
        Some(reading)
    }

    /// `电话：1087654321`: in one piece, of the length that the area's numbers have, and right behind
    /// the word.
    fn glued_without_zero(&self, length: usize) -> Option<Reading> {
        let to = group_end(self.cells, self.from);
        let digits = shape::digits(&self.cells[self.from..to]);
        let (_, seven, eight) = plan::area(&digits)?;
        let planned = match digits.len() - length.min(digits.len()) {
            7 => seven,
            8 => eight,
            _ => false,
        };
        let local = digits.get(length).is_some_and(|d| matches!(d, 2..=8));
        let cells = &self.cells[self.from..to];
        let plain = cells.iter().all(|c| c.style == Style::Plain && !c.letter);
        let prose = self.setting == Setting::Prose;
        if !(planned && local && plain && prose && self.is_called_directly()) {
            return None;
        }
        let mut reading = self.reading(to, format!("0{}", shape::spell(&digits)), Kind::Landline);
        reading.area = length + 1;
        Some(reading)
    }
}
