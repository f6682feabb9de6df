//! Fetching through proxies.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::server::{Reply, Server, ok, with};
use crate::crawl::fetch::{Fetched, Fetcher, Options};
use crate::crawl::progress::Failure;
use crate::page::Page;

/// What a SOCKS client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Name(String, u16),
    Address(std::net::IpAddr, u16),
}

/// A SOCKS5 server (RFC 1928) that takes everybody to one address, whatever was asked for.
async fn socks(
    target: std::net::SocketAddr,
    password: Option<&'static str>,
) -> (std::net::SocketAddr, Arc<Mutex<Vec<Asked>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let log = Arc::new(Mutex::new(Vec::new()));
    let shared = log.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let log = shared.clone();
            tokio::spawn(async move {
                let _ = serve(stream, target, password, &log).await;
            });
        }
    });
    (address, log)
}

async fn serve(
    mut client: TcpStream,
    target: std::net::SocketAddr,
    password: Option<&str>,
    log: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let [version, methods] = [client.read_u8().await?, client.read_u8().await?];
    let mut offered = vec![0; methods.into()];
    client.read_exact(&mut offered).await?;
    assert_eq!(version, 5);
    match password {
        None => client.write_all(&[5, 0]).await?,
        Some(password) => {
            assert!(offered.contains(&2));
            client.write_all(&[5, 2]).await?;
            let _version = client.read_u8().await?;
            let (_user, given) = (string(&mut client).await?, string(&mut client).await?);
            let refused = u8::from(given != password);
            client.write_all(&[1, refused]).await?;
            if refused == 1 {
                return Ok(());
            }
        }
    }
    let mut head = [0; 4];
    client.read_exact(&mut head).await?;
    assert_eq!(head[..2], [5, 1], "version 5, CONNECT");
    let asked = match head[3] {
        1 => {
            let mut ip = [0; 4];
            client.read_exact(&mut ip).await?;
            Asked::Address(ip.into(), client.read_u16().await?)
        }
        3 => Asked::Name(string(&mut client).await?, client.read_u16().await?),
        4 => {
            let mut ip = [0; 16];
            client.read_exact(&mut ip).await?;
            Asked::Address(ip.into(), client.read_u16().await?)
        }
        other => panic!("address type {other}"),
    };
    let refused = matches!(&asked, Asked::Name(name, _) if name.starts_with("refused."));
    log.lock().unwrap().push(asked);
    client
        .write_all(&[5, if refused { 5 } else { 0 }, 0, 1, 0, 0, 0, 0, 0, 0])
        .await?;
    if refused {
        return Ok(());
    }
    let mut server = TcpStream::connect(target).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

async fn string(client: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = vec![0; client.read_u8().await?.into()];
    client.read_exact(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn fetcher(proxy: String, allow_private: bool) -> Fetcher {
    Fetcher::new(&Options {
        proxy: Some(proxy),
        allow_private,
        connect_timeout: Duration::from_millis(500),
        answer_timeout: Duration::from_millis(500),
        ..Options::default()
    })
    .unwrap()
}

async fn page(fetcher: &Fetcher, url: &str) -> Result<Page, Failure> {
    match fetcher.page(url).await? {
        Fetched::Page(page, _) => Ok(*page),
        other => panic!("no page: {other:?}"),
    }
}

async fn site() -> Server {
    Server::start("127.0.0.1", |request| match request.path.as_str() {
        "/away" => with("302 Found", &["Location: /there"], ""),
        path => ok(format!("<p>{} {path}</p>", request.host)),
    })
    .await
}

#[tokio::test]
async fn a_socks_proxy_is_given_the_name_and_no_address_is_claimed() {
    let server = site().await;
    let (address, log) = socks(server.address, None).await;
    let fetcher = fetcher(format!("socks5h://{address}"), false);
    let page = page(&fetcher, "http://www.shop.test/a?b").await.unwrap();
    assert_eq!(page.connection.ip, None);
    let asked = server.log().remove(0);
    assert_eq!(
        (asked.host.as_str(), asked.path.as_str()),
        ("www.shop.test", "/a?b")
    );
    assert_eq!(
        *log.lock().unwrap(),
        [Asked::Name("www.shop.test".into(), 80)]
    );
    // What the proxy cannot reach, and what may not be asked of it.
    assert_eq!(
        fetcher.page("http://refused.test/").await.unwrap_err(),
        Failure::Proxy
    );
    for private in ["http://127.0.0.1/", "http://[::1]/", "http://localhost/"] {
        let refused = fetcher.page(private).await.unwrap_err();
        assert!(
            matches!(refused, Failure::Refused(_)),
            "{private}: {refused}"
        );
    }
    assert_eq!(log.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_socks_proxy_may_want_a_password() {
    let server = site().await;
    let (address, _) = socks(server.address, Some("secret")).await;
    let good = fetcher(format!("socks5h://user:secret@{address}"), false);
    assert!(page(&good, "http://shop.test/").await.is_ok());
    let bad = fetcher(format!("socks5h://user:wrong@{address}"), false);
    assert_eq!(
        page(&bad, "http://shop.test/").await.unwrap_err(),
        Failure::Proxy
    );
}

#[tokio::test]
async fn an_http_proxy_is_asked_for_whole_addresses() {
    // The server takes the place of the proxy: it sees what a proxy sees.
    let server = site().await;
    let fetcher = fetcher(format!("http://{}", server.address), false);
    let page = page(&fetcher, "http://www.shop.test/a").await.unwrap();
    assert_eq!((page.connection.ip, page.status), (None, 200));
    let asked = server.log().remove(0);
    assert_eq!(asked.path, "http://www.shop.test/a");
    assert_eq!(asked.host, "www.shop.test");
}

#[tokio::test]
async fn a_tunnel_is_asked_for_https() {
    let server = Server::start("127.0.0.1", |_| {
        Reply::Raw(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".to_vec())
    })
    .await;
    let fetcher = fetcher(format!("http://{}", server.address), false);
    let failed = fetcher.page("https://www.shop.test/").await.unwrap_err();
    assert_eq!(failed, Failure::Proxy);
    let asked = server.log().remove(0);
    assert!(
        asked.head.starts_with("CONNECT www.shop.test:443 "),
        "{}",
        asked.head
    );
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told_before_anything_is_fetched() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let fetcher = fetcher(format!("socks5h://user:secret@{address}"), true);
    let problem = fetcher.check_proxy().await.unwrap_err().to_string();
    assert!(
        problem.contains("cannot connect") && !problem.contains("secret"),
        "{problem}"
    );
    assert_eq!(
        fetcher.page("http://www.shop.test/").await.unwrap_err(),
        Failure::Proxy
    );
}
