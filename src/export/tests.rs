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

fn hostile() -> Vec<Page> {
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

/// Compares with a file of `expected/`, and says where they part. With `BLESS` in the environment
/// the file is written anew instead, to be read before it is committed.
fn assert_exact(found: &str, name: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/export/expected/");
    let path = format!("{path}{name}");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (number, (f, e)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(f, e, "{name} line {}", number + 1);
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn gexf_exactly() {
    assert_exact(&text(Format::Gexf, tiny()), "tiny.gexf");
}

#[test]
fn graphml_exactly() {
    assert_exact(&text(Format::Graphml, tiny()), "tiny.graphml");
}

#[test]
fn json_exactly() {
    assert_exact(&text(Format::Json, tiny()), "tiny.json");
}

#[test]
fn csv_exactly() {
    assert_exact(&text(Format::Csv, tiny()), "numbers.csv");
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("tables");
    write_to(Format::Csv, &view(tiny()), &[], &out).unwrap();
    let table = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert_exact(&table("nodes.csv"), "nodes.csv");
    assert_exact(&table("edges.csv"), "edges.csv");
    assert_exact(&table("numbers.csv"), "numbers.csv");
    assert_eq!(fs::read_dir(&out).unwrap().count(), 3);
}

#[test]
fn the_order_of_records_does_not_matter() {
    let mut backwards = hostile();
    backwards.reverse();
    for format in Format::ALL {
        assert_eq!(text(format, hostile()), text(format, backwards.clone()));
    }
}

#[test]
fn hostile_text_leaves_xml_well_formed() {
    for format in [Format::Gexf, Format::Graphml] {
        let document = text(format, hostile());
        let legal = |c: char| {
            c == '\n' || !crate::text::needs_escape(c) && !matches!(c, '\u{fffe}' | '\u{ffff}')
        };
        assert!(document.chars().all(legal));
        let mut reader = quick_xml::Reader::from_str(&document);
        reader.config_mut().check_end_names = true;
        let mut nodes = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(tag) => {
                    assert_ne!(tag.name().as_ref(), "script");
                    nodes += usize::from(tag.name().as_ref() == "node");
                }
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(nodes, 2 * HOSTILE.len() + 1);
    }
}

#[test]
fn hostile_text_comes_back_whole_from_json() {
    let document = text(Format::Json, hostile());
    let value: serde_json::Value = serde_json::from_str(&document).unwrap();
    let labels: Vec<&str> = value["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["label"].as_str().unwrap())
        .collect();
    for (i, bad) in HOSTILE.iter().enumerate() {
        assert!(labels.contains(&format!("h{i}{bad}").as_str()));
    }
    assert_eq!(value["links"], value["edges"]);
}

#[test]
fn no_csv_cell_is_a_formula() {
    let dir = tempfile::tempdir().unwrap();
    write_to(Format::Csv, &view(hostile()), &[], dir.path()).unwrap();
    for name in ["nodes.csv", "edges.csv", "numbers.csv"] {
        let mut reader = ::csv::Reader::from_path(dir.path().join(name)).unwrap();
        for row in reader.records() {
            for cell in &row.unwrap() {
                assert!(
                    !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']),
                    "{cell:?}"
                );
                assert!(!cell.chars().any(crate::text::needs_escape), "{cell:?}");
            }
        }
    }
}

#[test]
fn one_network_can_be_exported_alone() {
    let mut pages = tiny();
    pages.push(cold("news.example", "story").mentions("4003334444"));
    pages.push(hot("other.example", "a").sells("4005556666"));
    let view = view(pages);
    let id = view.graph.networks[0].id.clone();
    let mut out = Vec::new();
    write(Format::Json, &view, &[id.to_uppercase()], &mut out).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let ids: Vec<&str> = value["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        ["site:a.example", "site:b.example", "number:4001112222"]
    );
    let error = write(Format::Csv, &view, &["n0".into()], &mut Vec::new()).unwrap_err();
    assert!(matches!(error, Error::Failed(_)) && error.to_string().contains("n0"));
}

#[test]
fn an_empty_state_exports_empty_files() {
    for format in Format::ALL {
        assert!(!text(format, Vec::new()).is_empty());
    }
}

#[test]
fn an_unknown_format_names_those_that_are_known() {
    assert_eq!("GEXF".parse::<Format>().unwrap(), Format::Gexf);
    let error = "xlsx".parse::<Format>().unwrap_err();
    assert!(matches!(error, Error::Usage(_)));
    assert_eq!(
        error.to_string(),
        "unknown export format xlsx: choose one of gexf, graphml, csv, json"
    );
}

#[test]
fn an_unwritable_output_is_named_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("no/such/folder/out.gexf");
    for path in [missing.as_path(), dir.path()] {
        let error = write_to(Format::Gexf, &view(tiny()), &[], path).unwrap_err();
        assert!(
            error.to_string().contains(&path.display().to_string()),
            "{error}"
        );
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn an_export_replaces_the_file_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("out.json");
    fs::write(&path, "old").unwrap();
    write_to(Format::Json, &view(tiny()), &[], &path).unwrap();
    assert_exact(&fs::read_to_string(&path).unwrap(), "tiny.json");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}
