//! CSV (RFC 4180, UTF-8, a header line) for spreadsheets and databases.
//!
//! A cell that a spreadsheet would change or evaluate is made text by an apostrophe in front:
//! one that begins with `= + - @` (full-width forms too), and digits with a leading zero or more
//! than fifteen of them. Control and invisible characters are shown as `\u{…}`. The JSON export
//! is the one without such changes.

use std::io::{self, Write};

use crate::error::Result;
use crate::extract::number::e164;
use crate::query::number::kind_name;
use crate::query::{View, rfc3339};
use crate::record::Record;
use crate::text::visible;

use super::model::Model;

/// A cell that is shown as it stands.
fn cell(text: &str) -> String {
    let shown = visible(text);
    let formula = shown.starts_with([
        '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹢', '﹣', '﹦', '﹫',
    ]);
    let digits = shown.bytes().all(|b| b.is_ascii_digit())
        && (shown.len() > 15 || shown.len() > 1 && shown.starts_with('0'));
    if formula || digits {
        format!("'{shown}")
    } else {
        shown.into_owned()
    }
}

/// Writes rows through the `csv` crate.
fn rows(
    out: &mut dyn Write,
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(header).map_err(as_io)?;
    for row in rows {
        writer
            .write_record(row.iter().map(|c| cell(c)))
            .map_err(as_io)?;
    }
    writer.flush()
}

/// Sites and numbers.
pub fn nodes(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let header = [
        "id",
        "label",
        "kind",
        "network",
        "template",
        "score",
        "verdict",
        "number_kind",
        "pages",
        "brands",
        "first_seen",
        "last_seen",
    ];
    let row = |n: &super::model::Node| {
        vec![
            n.id.clone(),
            n.label.clone(),
            n.kind.to_owned(),
            n.network.clone(),
            n.template.clone(),
            n.score.to_string(),
            n.verdict.to_owned(),
            n.number_kind.to_owned(),
            n.pages.to_string(),
            n.brands.clone(),
            n.first_seen.clone(),
            n.last_seen.clone(),
        ]
    };
    rows(out, &header, model.nodes.iter().map(row))
}

/// Who shows which number, and who shares what.
pub fn edges(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let row = |e: &super::model::Edge| {
        vec![
            e.source.clone(),
            e.target.clone(),
            e.kind.to_owned(),
            e.evidence.clone(),
            e.bits.to_string(),
            e.count.to_string(),
            e.why.clone(),
        ]
    };
    rows(
        out,
        &[
            "source", "target", "kind", "evidence", "bits", "count", "why",
        ],
        model.edges.iter().map(row),
    )
}

const NUMBERS: [&str; 15] = [
    "number",
    "kind",
    "e164",
    "verdict",
    "score",
    "brand",
    "category",
    "site",
    "url",
    "fetched_at",
    "title",
    "count",
    "forms",
    "network",
    "hotline",
];

/// One row for each number, page, and brand claimed on that page.
pub fn numbers(
    view: &View<'_>,
    only: Option<&[u32]>,
    out: &mut dyn Write,
) -> Result<io::Result<()>> {
    let mut table: Vec<Vec<String>> = Vec::new();
    for record in view.records()? {
        numbers_of(view, only, &record?, &mut table);
    }
    // Number, brand, site, URL; the rest makes the order complete.
    table.sort_by(|a, b| (&a[0], &a[5], &a[7], &a[8], a).cmp(&(&b[0], &b[5], &b[7], &b[8], b)));
    Ok(rows(out, &NUMBERS, table.into_iter()))
}

fn numbers_of(
    view: &View<'_>,
    only: Option<&[u32]>,
    record: &Record,
    table: &mut Vec<Vec<String>>,
) {
    let graph = &view.graph;
    let site = graph
        .site(record.site.as_str())
        .map(|s| &graph.sites[s as usize]);
    let network = site.and_then(|s| s.network);
    if only.is_some_and(|ids| network.is_none_or(|n| ids.binary_search(&n).is_err())) {
        return;
    }
    let network = network.map_or("", |n| graph.networks[n as usize].id.as_str());
    let mut claims: Vec<(&str, &str)> = record
        .brands
        .iter()
        .map(|b| (b.brand.as_str(), b.category.as_deref().unwrap_or_default()))
        .collect();
    if claims.is_empty() {
        claims.push(("", ""));
    }
    for fact in &record.numbers {
        let Some(index) = graph.number(&fact.number) else {
            continue;
        };
        let verdict = graph.verdict(index);
        for (brand, category) in &claims {
            table.push(vec![
                fact.number.clone(),
                kind_name(fact.kind).to_owned(),
                fact.e164
                    .clone()
                    .or_else(|| e164(&fact.number, fact.kind))
                    .unwrap_or_default(),
                verdict.answer.as_str().to_owned(),
                verdict.score.to_string(),
                (*brand).to_owned(),
                (*category).to_owned(),
                record.site.0.clone(),
                record.url.clone(),
                rfc3339(record.fetched_at),
                record.title.clone(),
                fact.count.to_string(),
                fact.raw.join(" | "),
                network.to_owned(),
                record.hotline.score.to_string(),
            ]);
        }
    }
}

/// The I/O error inside, so that a reader who stopped early is told from a full disk.
fn as_io(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_no_digit_is_lost() {
        for bad in [
            "=1+1",
            "+86400",
            "-1",
            "@x",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "0755123",
            "1234567890123456",
        ] {
            assert_eq!(cell(bad), format!("'{bad}"));
        }
        assert_eq!(cell("\t=1"), "\\u{9}=1");
        assert_eq!(cell("\r=1"), "\\u{d}=1");
        for plain in ["4001112222", "海尔", "0", "", "a=b"] {
            assert_eq!(cell(plain), plain);
        }
    }
}
