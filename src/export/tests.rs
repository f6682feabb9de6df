//! Exact output on a tiny graph, and hostile text in every format.

use std::fs;

use super::{Format, write, write_to};
use crate::error::{Error, Result};
use crate::graph::testing::{Page, cold, hot};
use crate::lists::Lists;
use crate::query::{Records, View};

fn view(pages: Vec<Page>) -> View<'static> {
    let scan = move || -> Result<Records<'static>> {
        let records: Vec<_> = pages.iter().map(|p| Ok(p.0.clone())).collect();
        Ok(Box::new(records.into_iter()))
    };
    View::new(&Lists::built_in(), scan).unwrap()
}

fn text(format: Format, pages: Vec<Page>) -> String {
    let mut out = Vec::new();
    write(format, &view(pages), &[], &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Two sites of one hand.
fn tiny() -> Vec<Page> {
    let one = |site, brand| {
        hot(site, "a")
            .sells("4001112222")
            .brand(brand, "指纹锁")
            .skeleton("k")
    };
    vec![one("a.example", "甲乙"), one("b.example", "丙<丁>")]
}

/// Everything that breaks a reader, a terminal or a spreadsheet.
const HOSTILE: [&str; 12] = [
    "\u{0}\u{1f}\u{7f}\u{9b}31m",
    "\u{fffe}\u{ffff}\u{feff}",
    "</node><script>alert(1)</script>",
    "]]><!--&bogus;",
    "\"quoted\",'cell'\r\nnext",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "@SUM(1)",
    "\u{202e}olleh\u{200b}",
    "{{7*7}}${x}%s",
    "\u{1b}]0;title\u{7}\u{1b}[2J",
    "𝕏 海尔 \u{e0041}",
];

pub(super) fn hostile() -> Vec<Page> {
    let page = |(i, bad): (usize, &&str)| {
        let mut page = hot(&format!("h{i}{bad}"), "a")
            .sells("4001112222")
            .brand(bad, bad)
            .kit("k", i as u32);
        page.0.title = (*bad).to_owned();
        page.0.url = format!("http://h{i}.example/{bad}");
        page.0.numbers[0].raw = vec![(*bad).to_owned()];
        page.tracker(bad)
    };
    HOSTILE
        .iter()
        .enumerate()
        .chain(HOSTILE.iter().enumerate().map(|(i, b)| (i + 20, b)))
        .map(page)
        .collect()
}

#[test]
fn show() {
    for f in Format::ALL {
        println!("{}", text(f, tiny()));
    }
    let dir = std::path::Path::new("/tmp/exp");
    let v = view(hostile());
    for f in Format::ALL {
        let p = if f == Format::Csv {
            dir.join("csv")
        } else {
            dir.join(format!("x.{}", f.as_str()))
        };
        write_to(f, &v, &[], &p).unwrap();
    }
}
