//! What is not where it is shown: text that runs backwards, text of style sheets, and what
//! `<meta>` says.

use crate::extract::veil::{may_veil, unveiled_words};

use super::super::LinkKind;
use super::super::UNKNOWN;
use super::super::element::{Target, announces_telephone, describes};
use super::super::fold::{as_shown, clip, fold, worth_keeping};
use super::{Builder, Given, MAX_VALUE};

impl Builder {
    /// What runs from right to left is read so; where it stands in the page is not told then.
    pub(super) fn turn(&mut self) {
        if let Some((_, start)) = self.turned
            && let Some(text) = self.line.get(start..)
            && !text.is_empty()
        {
            let text: String = text.chars().rev().collect();
            self.line.truncate(start);
            self.line.push_str(&text);
            self.document.origins.forget(self.first, start);
        }
    }

    /// Likewise where characters say so.
    pub(super) fn override_order(&mut self) {
        if std::mem::take(&mut self.overridden)
            && let Some((shown, turned)) = as_shown(&self.line)
        {
            self.line = shown;
            self.document.origins.forget(self.first, turned);
        }
    }

    /// The title, with its references resolved.
    pub fn title(&mut self, text: &str, at: u32) {
        let title = fold(&clip(text, MAX_VALUE));
        let title = unveiled_words(&title).map_or(title, |(plain, _)| plain.trim_end().to_owned());
        let (title, at) = match as_shown(&title) {
            Some((shown, _)) => (shown, UNKNOWN),
            None => (title, at),
        };
        self.document.title = title;
        self.document.origins.title(at);
        self.titled = true;
    }

    /// Takes out what nobody sees.
    pub(super) fn unveil(&mut self) {
        if may_veil(&self.line)
            && let Some((plain, gone)) = unveiled_words(&self.line)
        {
            self.linked = self.linked.saturating_sub(self.line.len() - plain.len());
            self.document.origins.shift(self.first, &self.line, &gone);
            self.line = plain;
        }
    }

    /// A picture of one digit, or of a sign between digits, is read as such.
    pub(super) fn pictured(&mut self, alt: Option<&Given<'_>>) {
        if let Some(Given { value, at, .. }) = alt
            && matches!(value.as_bytes(), [b'0'..=b'9' | b'-'])
        {
            self.text(value, *at);
        }
    }

    /// A form that dials in place of sending something.
    pub(super) fn called_by_form(&mut self, action: Option<&Given<'_>>) {
        if let Some(action) = action
            && let Target::Call(number) = Target::of(&action.value)
        {
            let skipped = action.value.len() - number.len();
            self.attribute("tel", number, action.at, skipped);
        }
    }

    /// Text that a style sheet puts on the page: `content: "…"`.
    pub(super) fn shown_by_style(&mut self, css: &str, at: u32) {
        for (start, property) in css.match_indices("content:") {
            let value = &css[start + property.len()..];
            let text = value.trim_start();
            let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            let skipped = start + property.len() + value.len() - text.len() + 1;
            let near = clip(&text[1..], MAX_VALUE);
            let close = near.find([quote, '\n']).unwrap_or(near.len());
            if worth_keeping(&near[..close]) {
                self.attribute("content", &near[..close], at, skipped);
            }
        }
    }

    pub(super) fn meta(
        &mut self,
        equiv: Option<&str>,
        name: Option<&str>,
        content: Option<&Given<'_>>,
    ) {
        let (Some(key), Some(given)) = (name.or(equiv), content) else {
            return;
        };
        let content = given.value.as_ref();
        if describes(key) && worth_keeping(content) {
            self.attribute("content", content, given.at, 0);
        } else if let Some(name) = announces_telephone(key).filter(|_| worth_keeping(content)) {
            self.attribute(name, content, given.at, 0);
        }
        if equiv.is_some_and(|e| e.eq_ignore_ascii_case("refresh"))
            && let Some((_, target)) = content.split_once(['=', ';'])
        {
            // `5; url=/next`, with or without quotes and spaces.
            let target = target
                .rsplit_once("url=")
                .or(target.rsplit_once("URL="))
                .map_or(target, |t| t.1);
            self.link(
                Some(target.trim_matches([' ', '\'', '"'])),
                LinkKind::Refresh,
            );
        }
        if self.document.metas.len() < 100 {
            let content = clip(content, MAX_VALUE).into_owned();
            self.document
                .metas
                .push((clip(key, 64).to_ascii_lowercase(), content));
        }
    }
}
