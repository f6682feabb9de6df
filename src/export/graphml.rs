//! GraphML with typed keys: one graph, no nesting, no hyperedges.

use std::io::{self, Write};

use super::model::{Edge, Model, Node};
use super::xml::text;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"#;

/// Id, what it belongs to, name and type of each key.
const KEYS: [(&str, &str, &str, &str); 21] = [
    ("n0", "node", "label", "string"),
    ("n1", "node", "kind", "string"),
    ("n2", "node", "network", "string"),
    ("n3", "node", "template", "string"),
    ("n4", "node", "score", "double"),
    ("n5", "node", "verdict", "string"),
    ("n6", "node", "number_kind", "string"),
    ("n7", "node", "pages", "int"),
    ("n8", "node", "brands", "string"),
    ("n9", "node", "first_seen", "string"),
    ("n10", "node", "last_seen", "string"),
    ("n11", "node", "x", "double"),
    ("n12", "node", "y", "double"),
    ("n13", "node", "size", "double"),
    ("n14", "node", "color", "string"),
    ("e0", "edge", "kind", "string"),
    ("e1", "edge", "evidence", "string"),
    ("e2", "edge", "bits", "double"),
    ("e3", "edge", "count", "int"),
    ("e4", "edge", "why", "string"),
    ("e5", "edge", "weight", "double"),
];

/// Writes the document.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    for (id, of, name, kind) in KEYS {
        writeln!(
            out,
            r#"  <key id="{id}" for="{of}" attr.name="{name}" attr.type="{kind}"/>"#
        )?;
    }
    writeln!(out, r#"  <graph id="partyline" edgedefault="undirected">"#)?;
    for node in &model.nodes {
        write_node(node, out)?;
    }
    for (id, edge) in model.edges.iter().enumerate() {
        write_edge(id, edge, out)?;
    }
    out.write_all(b"  </graph>\n</graphml>\n")
}

fn data(letter: char, all: &[String], out: &mut dyn Write) -> io::Result<()> {
    for (id, value) in all.iter().enumerate() {
        writeln!(
            out,
            r#"      <data key="{letter}{id}">{}</data>"#,
            text(value)
        )?;
    }
    Ok(())
}

fn write_node(node: &Node, out: &mut dyn Write) -> io::Result<()> {
    let [r, g, b] = node.color;
    writeln!(out, r#"    <node id="{}">"#, text(&node.id))?;
    let all = [
        node.label.clone(),
        node.kind.to_owned(),
        node.network.clone(),
        node.template.clone(),
        node.score.to_string(),
        node.verdict.to_owned(),
        node.number_kind.to_owned(),
        node.pages.to_string(),
        node.brands.clone(),
        node.first_seen.clone(),
        node.last_seen.clone(),
        node.x.to_string(),
        node.y.to_string(),
        node.size.to_string(),
        format!("#{r:02x}{g:02x}{b:02x}"),
    ];
    data('n', &all, out)?;
    writeln!(out, "    </node>")
}

fn write_edge(id: usize, edge: &Edge, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        r#"    <edge id="{id}" source="{}" target="{}">"#,
        text(&edge.source),
        text(&edge.target)
    )?;
    let all = [
        edge.kind.to_owned(),
        edge.evidence.clone(),
        edge.bits.to_string(),
        edge.count.to_string(),
        edge.why.clone(),
        edge.weight().to_string(),
    ];
    data('e', &all, out)?;
    writeln!(out, "    </edge>")
}
