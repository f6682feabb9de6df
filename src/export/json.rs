//! Node-link JSON. Edges stand under `links`, as d3 and networkx before 3.6 read them, and again
//! under `edges`, as networkx reads them from 3.6 on: neither needs an option. Nothing is lost.

use std::io::{self, Write};

use serde::Serialize;

use crate::query::json;

use super::model::Model;

/// Writes the document, one node or edge a line.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(
        b"{\"directed\":false,\"multigraph\":false,\"graph\":{\"generator\":\"partyline\"},\n",
    )?;
    list("nodes", &model.nodes, out)?;
    out.write_all(b",\n")?;
    list("links", &model.edges, out)?;
    out.write_all(b",\n")?;
    list("edges", &model.edges, out)?;
    out.write_all(b"}\n")
}

fn list<T: Serialize>(name: &str, items: &[T], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "\"{name}\":[")?;
    for (index, item) in items.iter().enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        json::write(item, out)?;
    }
    out.write_all(b"]")
}
