//! The borrowed article: a run of paragraphs that sell nothing.
//!
//! Three or more paragraphs of 80 or more characters without brand, number or region make a
//! zone. Sub-headings, shorter prose and one paragraph that a stray number or brand has got into
//! are passed over inside it; the credit line ends it.

use std::ops::Range;
use std::sync::LazyLock;

use crate::extract::dictionary::Dictionary;
use crate::extract::document::Line;
use crate::extract::fold::simple;
use crate::extract::number::Kind;
use crate::extract::region::head;

use super::Role;

/// Paragraphs that make an article.
const MIN_PARAGRAPHS: usize = 3;
/// Characters of such a paragraph.
const LONG: usize = 80;
/// Characters of shorter prose that may stand between them.
const SHORT: usize = 25;
/// Characters of a sub-heading or a credit line at most.
const MAX_HEADING: usize = 40;
const MAX_CREDIT: usize = 90;
/// Sub-headings, captions and the like in a row.
const MAX_BETWEEN: usize = 2;

/// What a line can be in an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Paragraph,
    /// Prose too short to count.
    Prose,
    /// Long prose that a brand or a number has got into.
    Stray,
    Heading,
    Credit,
    Foreign,
}

/// The article zones, in order, as ranges of lines.
pub fn zones(lines: &[Line]) -> Vec<Range<usize>> {
    let parts: Vec<Part> = lines.iter().map(part).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        if parts[at] != Part::Paragraph {
            at += 1;
            continue;
        }
        let (paragraphs, end) = run(&parts, at);
        if paragraphs >= MIN_PARAGRAPHS {
            let start = quoted_start(lines, &parts, at);
            let end = with_credit(&parts, end);
            out.push(start..end);
            at = end;
        } else {
            at = end;
        }
    }
    out
}

/// Paragraphs of the run that starts at `start`, and the index after its last prose.
fn run(parts: &[Part], start: usize) -> (usize, usize) {
    let (mut paragraphs, mut strays, mut between) = (0, 0, 0);
    let mut end = start;
    for (i, part) in parts.iter().enumerate().skip(start) {
        match part {
            Part::Paragraph => {
                paragraphs += 1;
                between = 0;
                end = i + 1;
            }
            Part::Prose => {
                between = 0;
                end = i + 1;
            }
            Part::Stray if strays == 0 => strays += 1,
            Part::Heading if between < MAX_BETWEEN => between += 1,
            _ => break,
        }
    }
    (paragraphs, end)
}

/// A short opening paragraph (a quotation, a dateline) right before the first long one.
fn quoted_start(lines: &[Line], parts: &[Part], start: usize) -> usize {
    match start.checked_sub(1) {
        Some(i) if parts[i] == Part::Prose && lines[i].words.reports >= 2 => i,
        _ => start,
    }
}

/// The zone with the credit lines that follow it within two lines.
fn with_credit(parts: &[Part], end: usize) -> usize {
    let mut last = end;
    for (i, part) in parts.iter().enumerate().skip(end).take(4) {
        match part {
            Part::Credit => last = i + 1,
            Part::Heading | Part::Prose if i < last + 2 => {}
            _ => break,
        }
    }
    last
}

fn part(line: &Line) -> Part {
    if matches!(line.role, Role::Region | Role::Menu) {
        return Part::Foreign;
    }
    let text = &line.text;
    let length = characters(text);
    let hotline = line
        .numbers
        .iter()
        .any(|n| matches!(n.kind, Kind::Shared400 | Kind::Free800));
    if hotline {
        return Part::Foreign;
    }
    if is_credit(text) {
        return Part::Credit;
    }
    let clean = !line.branded && line.numbers.is_empty();
    if length >= LONG {
        return match (is_prose(line), clean) {
            (true, true) => Part::Paragraph,
            (true, false) => Part::Stray,
            (false, _) => Part::Foreign,
        };
    }
    if !clean {
        return Part::Foreign;
    }
    if length >= SHORT && is_prose(line) && text.contains(['。', '？', '！', '”']) {
        return Part::Prose;
    }
    if length <= MAX_HEADING && (length < MAX_HEADING / 2 || line.words.promises < 2) {
        return Part::Heading;
    }
    Part::Foreign
}

/// Characters of a text, counted up to [`LONG`].
fn characters(text: &str) -> usize {
    // A character has four bytes at most.
    if text.len() >= 4 * LONG {
        return LONG;
    }
    text.chars().count().min(LONG)
}

/// Reports instead of promising: more words of reporting than of service, or few of either.
fn is_prose(line: &Line) -> bool {
    let (promises, reports) = (line.words.promises, line.words.reports);
    // News stays under one such word in 30 characters; sentence banks have one in ten.
    usize::from(promises) * 90 <= line.text.len()
        || (promises <= reports && !addresses_reader(&line.text))
}

/// Speaks to a customer.
fn addresses_reader(text: &str) -> bool {
    text.contains('您') || text.matches("我们").chain(text.matches("我們")).count() > 1
}

/// What a line of credits begins with.
const CREDITS: &[&str] = &[
    "稿件来源",
    "来源:",
    "来源：",
    "文章来源",
    "信息来源",
    "编辑:",
    "编辑：",
    "【编辑",
    "[编辑",
    "(编辑",
    "（编辑",
    "责任编辑",
    "责编",
    "记者:",
    "记者：",
    "(记者",
    "（记者",
    "本报记者",
    "作者:",
    "作者：",
    "文/",
    "图/",
    "(完)",
    "（完）",
    "原标题",
    "审核:",
    "审核：",
    "校对",
    "监制",
    "统筹",
    "撰文",
    "通讯员",
    "新华社记者",
    "转自",
    "(责任编辑",
    "（责任编辑",
    "【责任编辑",
    "[责任编辑",
    "值班",
    "来源 ",
    "编辑 ",
];

static CREDIT: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::new(CREDITS.iter().map(|c| (*c, 0))));

/// A line of credits: source, editor, reporter.
fn is_credit(text: &str) -> bool {
    const LONGEST: usize = 24;
    text.len() < 4 * MAX_CREDIT
        && CREDIT.longest(&simple(head(text, LONGEST))).is_some()
        && text.chars().nth(MAX_CREDIT - 1).is_none()
}
