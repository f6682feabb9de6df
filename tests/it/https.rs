//! Crawls over TLS on loopback: what is trusted, what is told of what is not, and what of a
//! certificate is kept.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::Place;

/// A certificate with its key, in DER.
struct Identity {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "House Authority");
        let pem = params.self_signed(&key).unwrap().pem();
        Authority {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    /// A certificate for these names, valid in these years.
    fn signs(&self, names: &[&str], years: (i32, i32)) -> Identity {
        let (params, key) = request(names, years);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            certificate: certificate.der().to_vec(),
            key: key.serialize_der(),
        }
    }
}

fn request(names: &[&str], years: (i32, i32)) -> (CertificateParams, KeyPair) {
    let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    (params, KeyPair::generate().unwrap())
}

fn self_signed(names: &[&str]) -> Identity {
    let (params, key) = request(names, (2020, 2100));
    let certificate = params.self_signed(&key).unwrap();
    Identity {
        certificate: certificate.der().to_vec(),
        key: key.serialize_der(),
    }
}

/// Serves one page to everybody who accepts the certificate.
async fn serve(identity: Identity) -> SocketAddr {
    let chain = vec![CertificateDer::from(identity.certificate)];
    let key = PrivateKeyDer::try_from(identity.key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read_u8().await {
                        Ok(byte) => head.push(byte),
                        Err(_) => return,
                    }
                }
                let body = "<title>page</title><p>some words</p>";
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer: house/1\r\n\
                     Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    address
}

/// The hosts, each with a certificate of its own kind, and where they are.
fn hosts(authority: &Authority) -> Vec<(&'static str, Identity)> {
    vec![
        (
            "good.test",
            authority.signs(&["good.test", "*.other.test"], (2020, 2100)),
        ),
        (
            "expired.test",
            authority.signs(&["expired.test"], (2001, 2002)),
        ),
        ("early.test", authority.signs(&["early.test"], (2090, 2100))),
        (
            "named.test",
            authority.signs(&["somebody.test"], (2020, 2100)),
        ),
        ("self.test", self_signed(&["self.test"])),
    ]
}

struct Web {
    arguments: Vec<String>,
    _runtime: tokio::runtime::Runtime,
}

impl Web {
    fn start(authority: &Authority) -> Web {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let mut arguments: Vec<String> = ["crawl", "--allow-private", "--delay", "0", "--json"]
            .map(String::from)
            .to_vec();
        arguments.extend(["--robots".into(), "ignore".into()]);
        for (host, identity) in hosts(authority) {
            let address = runtime.block_on(serve(identity));
            arguments.push(format!("https://{host}/"));
            arguments.extend(["--resolve".into(), format!("{host}={address}")]);
        }
        Web {
            arguments,
            _runtime: runtime,
        }
    }

    fn crawl(&self, place: &Place, more: &[&str]) -> Value {
        let mut arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        arguments.extend(more);
        // The system's trust, for this run: the house's own authority.
        let roots = place.path("roots.pem");
        let run = place.run_in(&arguments, &[("SSL_CERT_FILE", roots.to_str().unwrap())]);
        run.json().remove(0)
    }
}

fn page(place: &Place, host: &str) -> Value {
    let url = format!("https://{host}/");
    place
        .run(&["query", "page", &url, "--json"])
        .json()
        .remove(0)
}

#[test]
fn untrusted_certificates_are_counted_by_reason_and_the_trusted_one_is_kept() {
    let authority = Authority::new();
    let web = Web::start(&authority);
    let place = Place::new();
    place.write("roots.pem", &authority.pem);
    let summary = web.crawl(&place, &[]);
    assert_eq!(summary["pages"], 1, "{summary}");
    let failures = summary["failures"].as_object().unwrap();
    let reasons: Vec<&str> = failures.keys().map(String::as_str).collect();
    assert_eq!(
        reasons,
        [
            "certificate refused (expired)",
            "certificate refused (for another name)",
            "certificate refused (not valid yet)",
            "certificate refused (of an unknown issuer)",
        ]
    );
    let good = page(&place, "good.test");
    assert_eq!(good["ip"], "127.0.0.1");
    let certificate = &good["certificate"];
    assert_eq!(
        certificate["names"],
        serde_json::json!(["good.test", "*.other.test"])
    );
    assert_eq!(certificate["issuer"], "CN=House Authority");
    assert_eq!(certificate["not_before"], "2020-01-01T00:00:00Z");
    assert_eq!(certificate["self_signed"], false);
    assert_eq!(
        good["headers"],
        serde_json::json!([{"name": "server", "value": "house/1"}])
    );
}

#[test]
fn broken_certificates_are_accepted_when_asked_for_and_their_facts_survive_a_rebuild() {
    let authority = Authority::new();
    let web = Web::start(&authority);
    let place = Place::new();
    place.write("roots.pem", &authority.pem);
    let summary = web.crawl(&place, &["--insecure"]);
    assert_eq!(
        (&summary["pages"], &summary["failed"]),
        (&5.into(), &0.into())
    );
    let own = page(&place, "self.test");
    assert_eq!(own["certificate"]["self_signed"], true);
    let sha256 = own["certificate"]["sha256"].as_str().unwrap().to_owned();
    assert_eq!(sha256.len(), 64);
    let expired = page(&place, "expired.test");
    assert_eq!(expired["certificate"]["not_after"], "2002-01-01T00:00:00Z");
    assert_eq!(
        page(&place, "named.test")["certificate"]["names"],
        serde_json::json!(["somebody.test"])
    );
    let site = place
        .run(&["query", "site", "self.test", "--json"])
        .json()
        .remove(0);
    assert_eq!(site["addresses"], serde_json::json!(["127.0.0.1"]));
    assert_eq!(site["certificates"][&sha256]["self_signed"], true);
    let shown = place.run(&["query", "site", "self.test"]).ok();
    assert!(
        shown.contains("self-signed") && shown.contains("server: house/1"),
        "{shown}"
    );
    place.run(&["check"]).ok();
    place.run(&["rebuild"]).ok();
    assert_eq!(page(&place, "self.test"), own);
    // And in another state, from the archive as a file of anybody's.
    let other = Place::new();
    let archive = place.path("state/archive");
    other.run(&["ingest", archive.to_str().unwrap()]).ok();
    assert_eq!(page(&other, "self.test")["certificate"], own["certificate"]);
    assert_eq!(page(&other, "self.test")["ip"], own["ip"]);
    other.run(&["check"]).ok();
}
