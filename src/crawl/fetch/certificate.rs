//! The facts of a certificate. It was made by whoever runs the server: nothing in it is believed,
//! all of it is bounded.

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use crate::page::{Certificate, MAX_ISSUER, MAX_NAMES};

/// Bytes of a name: no host name is longer.
const MAX_NAME: usize = 255;

/// Facts of a certificate in DER; of one that does not parse, its hash alone.
pub fn facts(der: &[u8]) -> Certificate {
    let mut facts = Certificate {
        sha256: Sha256::digest(der)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        ..Certificate::default()
    };
    let Ok((_, parsed)) = x509_parser::parse_x509_certificate(der) else {
        return facts;
    };
    for name in names(&parsed) {
        if facts.names.contains(&name) {
            continue;
        }
        if facts.names.len() < MAX_NAMES {
            facts.names.push(name);
        } else {
            facts.names_left_out += 1;
        }
    }
    let mut issuer = parsed.issuer().to_string();
    let mut end = issuer.len().min(MAX_ISSUER);
    while !issuer.is_char_boundary(end) {
        end -= 1;
    }
    issuer.truncate(end);
    facts.issuer = issuer;
    facts.not_before = parsed.validity().not_before.timestamp();
    facts.not_after = parsed.validity().not_after.timestamp();
    facts.self_signed = parsed.issuer().as_raw() == parsed.subject().as_raw();
    facts
}

/// Subject alternative names; without any, the common name.
fn names(parsed: &X509Certificate<'_>) -> Vec<String> {
    let alternative = parsed.subject_alternative_name().ok().flatten();
    let Some(alternative) = alternative else {
        let common = parsed.subject().iter_common_name();
        return common
            .filter_map(|name| host(name.as_str().ok()?))
            .collect();
    };
    let names = alternative.value.general_names.iter();
    names
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => host(name),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .collect()
}

fn host(name: &str) -> Option<String> {
    let plain = name.bytes().all(|b| b.is_ascii_graphic());
    (plain && !name.is_empty() && name.len() <= MAX_NAME).then(|| name.to_ascii_lowercase())
}

fn address(bytes: &[u8]) -> Option<String> {
    let ip: IpAddr = match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok()?.into(),
        16 => <[u8; 16]>::try_from(bytes).ok()?.into(),
        _ => return None,
    };
    Some(ip.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DnType, KeyPair};

    fn der(params: &CertificateParams) -> Vec<u8> {
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn names_issuer_and_times_are_read() {
        let names: Vec<String> = vec!["A.test".into(), "*.b.test".into(), "127.0.0.1".into()];
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = rcgen::date_time_ymd(2020, 1, 2);
        params.not_after = rcgen::date_time_ymd(2021, 1, 2);
        params
            .distinguished_name
            .push(DnType::OrganizationName, "某".repeat(100));
        let facts = facts(&der(&params));
        assert_eq!(facts.names, ["a.test", "*.b.test", "127.0.0.1"]);
        assert_eq!(
            (facts.not_before, facts.not_after),
            (1_577_923_200, 1_609_545_600)
        );
        assert!(facts.self_signed && facts.sha256.len() == 64);
        assert!(facts.issuer.len() <= MAX_ISSUER && facts.issuer.contains('某'));
    }

    #[test]
    fn many_names_are_counted_and_not_kept() {
        let names: Vec<String> = (0..500).map(|n| format!("n{}.test", n % 400)).collect();
        let facts = facts(&der(&CertificateParams::new(names).unwrap()));
        assert_eq!(facts.names.len(), MAX_NAMES);
        assert!(facts.names_left_out >= 400 - MAX_NAMES as u32);
    }

    proptest! {
        #[test]
        fn whatever_a_server_shows_has_facts(bytes in any::<Vec<u8>>(), at in 0usize..600, change in any::<u8>()) {
            prop_assert_eq!(facts(&bytes).sha256.len(), 64);
            let mut good = der(&CertificateParams::new(vec!["a.test".to_owned()]).unwrap());
            let at = at % good.len();
            good[at] ^= change;
            let facts = facts(&good);
            prop_assert!(facts.names.len() <= MAX_NAMES && facts.issuer.len() <= MAX_ISSUER);
        }
    }
}
