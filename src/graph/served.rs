//! What servers tell of who runs them: IP addresses and certificates, as identifiers of a site.
//!
//! An address or certificate that an innocent site or very many sites show too belongs to a
//! hosting service, and says nothing. Two hotline sites on one address are neighbours at least:
//! that supports other evidence and never links by itself. A certificate that names several
//! domains was issued to someone who holds them all; one with very many is a delivery network's.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::page::Certificate;
use crate::record::Record;
use crate::site::registrable_domain;

use super::background::Background;
use super::evidence::EvidenceKind;

/// Registrable domains that a hand's certificate names, at most.
const MAX_DOMAINS: usize = 20;
/// Hotline sites on one address, and with one certificate, at most.
const MAX_SITES: u32 = 50;

/// The names of the page's server, as the builder interns identifiers.
pub(super) fn names(record: &Record) -> Vec<String> {
    let connection = &record.served.connection;
    let mut names = Vec::new();
    if let Some(ip) = connection.ip.filter(is_public) {
        names.push(format!("ip\t{ip}"));
    }
    let host = url::Url::parse(&record.url).ok();
    let host = host.as_ref().and_then(url::Url::host_str);
    if let Some(certificate) = &connection.certificate
        && host.is_some_and(|host| ties(certificate, host))
    {
        names.push(format!("certificate\t{}", certificate.sha256));
    }
    names
}

/// The certificate is for this host and for other domains, but not for everybody's.
fn ties(certificate: &Certificate, host: &str) -> bool {
    let domains: BTreeSet<&str> = certificate
        .names
        .iter()
        .map(|name| registrable_domain(name.strip_prefix("*.").unwrap_or(name)))
        .collect();
    certificate.names_left_out == 0
        && domains.contains(registrable_domain(host))
        && (2..=MAX_DOMAINS).contains(&domains.len())
}

/// An address of the open internet: private ones mean another machine in every network.
fn is_public(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_documentation()
                || shared)
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local())
        }
    }
}

/// Whether it is a server's own kind of identifier.
pub(super) fn is_served(kind: EvidenceKind) -> bool {
    matches!(kind, EvidenceKind::Ip | EvidenceKind::Certificate)
}

/// Seen on so many hotline sites and others, it is a service's.
pub(super) fn is_common(hot: u32, cold: u32) -> bool {
    cold > 0 || hot > MAX_SITES
}

/// Bits of sharing it: its rarity in the background.
pub(super) fn bits(kind: EvidenceKind, cold: u32, background: Background) -> f64 {
    background.bits_of_count(cold).min(kind.cap())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(names: &[&str]) -> Certificate {
        Certificate {
            names: names.iter().map(|n| (*n).to_owned()).collect(),
            ..Certificate::default()
        }
    }

    #[test]
    fn a_certificate_ties_several_domains_and_not_everybodys() {
        let two = certificate(&["a.test", "www.b.test"]);
        assert!(ties(&two, "www.a.test") && !ties(&two, "c.test"));
        assert!(!ties(&certificate(&["a.test", "*.a.test"]), "a.test"));
        let many: Vec<String> = (0..30).map(|n| format!("n{n}.test")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(!ties(&certificate(&many), "n1.test"));
        let cut = Certificate {
            names_left_out: 1,
            ..two
        };
        assert!(!ties(&cut, "a.test"));
    }

    #[test]
    fn private_addresses_name_nobody() {
        for (ip, public) in [
            ("8.8.8.8", true),
            ("2001:4860::1", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("::1", false),
            ("fd00::1", false),
        ] {
            assert_eq!(is_public(&ip.parse().unwrap()), public, "{ip}");
        }
    }
}
