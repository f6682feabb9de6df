//! Addresses and certificates of servers as evidence.

use super::*;
use crate::graph::EvidenceKind;
use crate::page::Certificate;

/// Two operators with a kit of their own each, and news beside them.
fn two() -> Vec<Page> {
    let mut pages = operator("a", "4001110000", "one", 3);
    pages.extend(operator("b", "4002220000", "two", 3));
    pages
}

fn certified(page: &mut Page, names: &[String]) {
    page.0.served.connection.certificate = Some(Box::new(Certificate {
        sha256: "ab12".into(),
        names: names.to_vec(),
        ..Certificate::default()
    }));
}

fn shown(graph: &Graph, kind: EvidenceKind) -> usize {
    let all = graph.networks.iter().flat_map(|n| graph.evidence(n));
    all.filter(|e| e.kind == kind).count()
}

#[test]
fn an_address_is_told_and_joins_nobody() {
    let mut pages = two();
    for page in &mut pages {
        page.0.served.connection.ip = Some([203, 0, 114, 7].into());
    }
    pages.extend(news(12));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 2);
    assert_eq!(shown(&graph, EvidenceKind::Ip), 2);
    let all = graph.evidence(&graph.networks[0]);
    let ip = all.iter().find(|e| e.kind == EvidenceKind::Ip).unwrap();
    assert_eq!((ip.value.as_str(), ip.bits <= 3.0), ("203.0.114.7", true));
}

#[test]
fn an_address_of_shared_hosting_says_nothing() {
    let mut pages = two();
    pages.extend(news(12));
    for page in &mut pages {
        page.0.served.connection.ip = Some([203, 0, 114, 7].into());
    }
    assert_eq!(shown(&graph(&pages), EvidenceKind::Ip), 0);
}

#[test]
fn a_certificate_over_both_operators_joins_them_with_a_second_sign() {
    let mut pages = two();
    let names: Vec<String> = pages.iter().map(|p| p.0.site.as_str().to_owned()).collect();
    for page in &mut pages {
        certified(page, &names);
        page.0.served.connection.ip = Some([203, 0, 114, 7].into());
    }
    pages.extend((0..400).map(|i| cold(&format!("c{i}.example"), "x")));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 1);
    assert_eq!(shown(&graph, EvidenceKind::Certificate), 1);
}

#[test]
fn a_certificate_of_a_delivery_network_says_nothing() {
    let mut pages = two();
    let mut names: Vec<String> = pages.iter().map(|p| p.0.site.as_str().to_owned()).collect();
    names.extend((0..20).map(|i| format!("other{i}.example")));
    for page in &mut pages {
        certified(page, &names);
    }
    pages.extend(news(12));
    let graph = graph(&pages);
    assert_eq!(graph.networks.len(), 2);
    assert_eq!(shown(&graph, EvidenceKind::Certificate), 0);
}
