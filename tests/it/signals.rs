//! A crawl that somebody watches from a log file, and that somebody asks to end.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use partyline::state::State;

use crate::support::Place;

/// Every page links to the next, and takes a while. Counts the pages.
fn chain(pause: Duration) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicU64::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let count = counted.clone();
            std::thread::spawn(move || -> Option<()> {
                let mut reader = BufReader::new(stream.try_clone().ok()?);
                loop {
                    let (mut line, mut made_up) = (String::new(), false);
                    while reader.read_line(&mut line).ok()? > 2 {
                        made_up |= line.contains("/no-such-page");
                        line.clear();
                    }
                    if made_up {
                        let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
                        stream.write_all(answer).ok()?;
                        continue;
                    }
                    std::thread::sleep(pause);
                    let n = count.fetch_add(1, Ordering::SeqCst);
                    let body = format!("<title>{n}</title><a href='/{n}/x.html'>on</a> some words");
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length";
                    let answer = format!("{head}: {}\r\n\r\n{body}", body.len());
                    stream.write_all(answer.as_bytes()).ok()?;
                }
            });
        }
    });
    (address, count)
}

fn crawl(place: &Place, address: SocketAddr, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_partyline"))
        .current_dir(place.dir.path())
        .args(["crawl", "http://chain.test/", "--allow-private"])
        .args(["--robots", "ignore", "--delay", "0", "--max-depth", "60000"])
        .args(["--resolve", &format!("*={address}"), "--state", "state"])
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn plain_lines_tell_how_far_it_is_where_there_is_no_terminal() {
    let (address, _) = chain(Duration::from_millis(40));
    let (loud, quiet) = (Place::new(), Place::new());
    let children = [
        crawl(&loud, address, &["--time-limit", "12s"]),
        crawl(&quiet, address, &["--time-limit", "12s", "--quiet"]),
    ];
    let [loud, quiet] = children.map(|child| {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    });
    let lines: Vec<&str> = loud
        .lines()
        .filter(|line| line.contains(" queued  "))
        .collect();
    // One every ten seconds.
    assert_eq!(lines.len(), 1, "{loud}");
    let pages = lines[0]
        .strip_prefix("partyline: ")
        .unwrap()
        .split(' ')
        .next();
    let pages: u64 = pages.unwrap().parse().unwrap();
    assert!(pages > 10, "{loud}");
    assert!(lines[0].contains(" hosts in back-off  ") && lines[0].contains(" networks  "));
    assert!(
        !loud.contains(['\r', '\x1b']),
        "nothing to move a cursor: {loud:?}"
    );
    assert_eq!(quiet, "");
}

#[cfg(unix)]
#[test]
fn every_signal_that_asks_for_an_end_saves_what_there_is() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let (address, count) = chain(Duration::from_millis(5));
        let place = Place::new();
        let child = crawl(&place, address, &[]);
        let started = Instant::now();
        while count.load(Ordering::SeqCst) < 30 {
            assert!(started.elapsed() < Duration::from_secs(30), "pages come");
            std::thread::sleep(Duration::from_millis(5));
        }
        let sent = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{signal}: {output:?}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("stopped early"), "{signal}: {told}");
        let state = State::open_existing(&place.path("state"), 16 << 20).unwrap();
        // Every page that was asked for, but perhaps the last.
        let (stored, asked) = (state.meta().pages, count.load(Ordering::SeqCst));
        assert!(stored + 2 >= asked, "{signal}: {stored} of {asked}");
        assert_eq!(state.meta().queued as usize, state.pending().unwrap().len());
    }
}
