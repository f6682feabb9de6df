//! Numbers that scripts hold, put together or hide.

use crate::extract::packed::{self, Piece};

use super::super::context::Hint;
use super::super::reading::Setting;
use super::super::{Found, find_each, markup, read_key, scan, script};
use super::{MAX_SHOWING, is_whole, read_whole};

/// Hands on the numbers of a script in order: the text that one stands in, and the byte of the script
/// where it begins, or the packer's call begins that hides it.
pub fn each(body: &str, mut each: impl FnMut(&str, Found, usize)) {
    packed::pieces(body, |piece| match piece {
        Piece::Plain(body, from) => plain(body, |text, found, at| each(text, found, from + at)),
        Piece::Unpacked(body, place) => {
            plain(&body, |text, found, _| each(text, found, place.start))
        }
    });
}

fn plain(body: &str, mut each: impl FnMut(&str, Found, usize)) {
    // Strings put together of pieces, codes or escapes hold digits too; Base64 may do without.
    let encoded = || {
        let finder = |word: &str| memchr::memmem::find(body.as_bytes(), word.as_bytes());
        finder("atob(")
            .or_else(|| finder("ase64.decode("))
            .is_some()
    };
    if scan::first(body).is_none() && !encoded() {
        return;
    }
    let shows = body.len() <= MAX_SHOWING && shows_text(body);
    script::strings(body, |string| {
        let whole = is_whole(&string.text);
        let shown = string.composed || shows || (whole && string.text.contains(' '));
        let setting = match shown || !string.text.is_ascii() || string.text.contains('<') {
            true => Setting::Prose,
            false => Setting::Code,
        };
        // Wherever it was cut, it is one number.
        if string.composed
            && whole
            && let Some(found) = read_whole(&string.text)
        {
            let at = string.walk(body).to(found.range.start);
            return each(&string.text, found, at);
        }
        let hint = string.key.as_deref().map_or(Hint::None, Hint::Name);
        let mut walk = string.walk(body);
        if !string.text.contains('<') {
            find_each(&string.text, setting, hint, |found| {
                let at = walk.to(found.range.start);
                each(&string.text, found, at);
            });
            return;
        }
        let html = markup::without_tags(&string.text);
        find_each(&html.words, setting, hint, |found| {
            let at = walk.to(html.origin(found.range.start));
            each(&html.words, found, at);
        });
        let mut walk = string.walk(body);
        for (start, call) in html.calls {
            if let Some(found) = read_key(call) {
                let at = walk.to(start + found.range.start);
                each(call, found, at);
            }
        }
    });
}

/// Does a script put text on the page, or dial a number?
fn shows_text(body: &str) -> bool {
    const WAYS: [&str; 5] = [
        "innerHTML",
        "innerText",
        "textContent",
        "document.write",
        "\"tel:",
    ];
    let holds = |way: &&str| memchr::memmem::find(body.as_bytes(), way.as_bytes()).is_some();
    WAYS.iter().any(holds)
}
