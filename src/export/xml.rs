//! Text for XML 1.0: characters that it forbids, and those that act on a display, are shown as
//! `\u{…}` first, for one of them makes readers refuse the whole file.

use std::borrow::Cow;

use crate::text::visible;

/// Safe between quotes and between tags.
pub(super) fn text(text: &str) -> String {
    let mut shown: Cow<'_, str> = visible(text);
    if shown.contains(['\u{fffe}', '\u{ffff}']) {
        shown = shown
            .replace('\u{fffe}', "\\u{fffe}")
            .replace('\u{ffff}', "\\u{ffff}")
            .into();
    }
    quick_xml::escape::escape(shown.as_ref()).into_owned()
}
