//! GEXF 1.2draft (the schema published for it; readers refuse the namespace of 1.3), with
//! positions, sizes and colours, so that it opens as a picture.

use std::io::{self, Write};

use super::model::{Edge, Model, Node};
use super::xml::text;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2">
  <meta>
    <creator>partyline</creator>
    <description>Sites, numbers and the evidence between them</description>
  </meta>
  <graph mode="static" defaultedgetype="undirected">
"#;

/// Name and GEXF type of the attributes, in the order in which the values are written.
const NODE_ATTRIBUTES: [(&str, &str); 10] = [
    ("kind", "string"),
    ("network", "string"),
    ("template", "string"),
    ("score", "double"),
    ("verdict", "string"),
    ("number_kind", "string"),
    ("pages", "integer"),
    ("brands", "string"),
    ("first_seen", "string"),
    ("last_seen", "string"),
];
const EDGE_ATTRIBUTES: [(&str, &str); 5] = [
    ("kind", "string"),
    ("evidence", "string"),
    ("bits", "double"),
    ("count", "integer"),
    ("why", "string"),
];

/// Writes the document.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    attributes("node", &NODE_ATTRIBUTES, out)?;
    attributes("edge", &EDGE_ATTRIBUTES, out)?;
    writeln!(out, "    <nodes>")?;
    for node in &model.nodes {
        write_node(node, out)?;
    }
    writeln!(out, "    </nodes>\n    <edges>")?;
    for (id, edge) in model.edges.iter().enumerate() {
        write_edge(id, edge, out)?;
    }
    out.write_all(b"    </edges>\n  </graph>\n</gexf>\n")
}

fn attributes(class: &str, all: &[(&str, &str)], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, r#"    <attributes class="{class}" mode="static">"#)?;
    for (id, (title, kind)) in all.iter().enumerate() {
        writeln!(
            out,
            r#"      <attribute id="{id}" title="{title}" type="{kind}"/>"#
        )?;
    }
    writeln!(out, "    </attributes>")
}

fn values(all: &[String], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "        <attvalues>")?;
    for (id, value) in all.iter().enumerate() {
        writeln!(
            out,
            r#"          <attvalue for="{id}" value="{}"/>"#,
            text(value)
        )?;
    }
    writeln!(out, "        </attvalues>")
}

fn write_node(node: &Node, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        r#"      <node id="{}" label="{}">"#,
        text(&node.id),
        text(&node.label)
    )?;
    let all = [
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
    ];
    values(&all, out)?;
    let [r, g, b] = node.color;
    writeln!(out, r#"        <viz:size value="{}"/>"#, node.size)?;
    writeln!(
        out,
        r#"        <viz:position x="{}" y="{}" z="0"/>"#,
        node.x, node.y
    )?;
    writeln!(out, r#"        <viz:color r="{r}" g="{g}" b="{b}"/>"#)?;
    writeln!(out, "      </node>")
}

fn write_edge(id: usize, edge: &Edge, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        r#"      <edge id="{id}" source="{}" target="{}" weight="{}">"#,
        text(&edge.source),
        text(&edge.target),
        edge.weight()
    )?;
    let all = [
        edge.kind.to_owned(),
        edge.evidence.clone(),
        edge.bits.to_string(),
        edge.count.to_string(),
        edge.why.clone(),
    ];
    values(&all, out)?;
    writeln!(out, "      </edge>")
}
