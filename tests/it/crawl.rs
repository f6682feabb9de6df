//! The real crawler on the demo web over loopback.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use partyline::crawl::{self, Scope, fetch, politeness, resolve, seeds};
use partyline::demo::{Options, Web, server};
use partyline::lists::Lists;
use partyline::state::State;

use crate::support::Place;

const CACHE: u64 = 16 << 20;

struct Loopback {
    web: Arc<Web>,
    server: server::Server,
    _runtime: tokio::runtime::Runtime,
}

fn serve(options: Options) -> Loopback {
    let web = Arc::new(Web::generate(&options));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime
        .block_on(server::serve(web.clone(), server::Settings::default()))
        .unwrap();
    Loopback {
        web,
        server,
        _runtime: runtime,
    }
}

fn crawl(loopback: &Loopback, state: State, max_pages: Option<u64>) -> (crawl::Summary, State) {
    let addr = loopback.server.addr;
    let everything = resolve::Override {
        host: "*".into(),
        ip: addr.ip(),
        port: Some(addr.port()),
    };
    let options = crawl::Options {
        scope: Scope::Any,
        max_depth: 16,
        max_pages,
        politeness: politeness::Settings {
            delay: Duration::ZERO,
            ..Default::default()
        },
        fetch: fetch::Options {
            allow_private: true,
            resolve: vec![everything],
            ..Default::default()
        },
        ..Default::default()
    };
    let seeds = loopback
        .web
        .seeds
        .iter()
        .filter_map(|s| seeds::seed(s))
        .collect();
    crawl::crawl(
        options,
        seeds,
        state,
        Arc::new(Lists::built_in()),
        &mut |_| {},
    )
    .unwrap()
}

#[test]
fn a_stopped_crawl_goes_on_and_asks_for_nothing_twice() {
    let loopback = serve(Options {
        faults: false,
        ..Options::tiny()
    });
    let dir = tempfile::tempdir().unwrap();
    let mut pages = 0;
    let mut runs = 0;
    loop {
        // Each run opens the state anew, as a new process would.
        let state = State::open(dir.path(), CACHE).unwrap();
        let (summary, state) = crawl(&loopback, state, Some(40));
        pages += summary.pages;
        runs += 1;
        drop(state);
        if summary.stopped.is_none() {
            break;
        }
        assert!(runs < 50, "the queue is worked off");
    }
    assert!(runs > 2);
    let state = State::open_existing(dir.path(), CACHE).unwrap();
    assert_eq!((state.meta().queued, state.meta().pages), (0, pages));
    assert_eq!(
        partyline::maintain::check(&state, &Lists::built_in())
            .unwrap()
            .problems,
        [""; 0]
    );
    let mut asked = BTreeSet::new();
    for entry in loopback.server.log() {
        let url = format!("{}{}", entry.host, entry.path);
        assert!(
            entry.path == "/robots.txt" || asked.insert(url.clone()),
            "{url} was asked for twice"
        );
        let forbidden = &loopback.web.truth.forbidden;
        let banned = forbidden
            .iter()
            .any(|(h, p)| *h == entry.host && entry.path.starts_with(p));
        assert!(!banned, "{url} is forbidden by robots.txt");
        assert!(
            entry.user_agent.starts_with("partyline/"),
            "{}",
            entry.user_agent
        );
    }
    // Every page with content that a link leads to was stored.
    let stored: BTreeSet<String> = state.pages().map(|p| p.unwrap().record.url).collect();
    let (mut planned, mut missing) = (0, Vec::new());
    for (host, page) in loopback.web.pages() {
        let url = format!("http://{}{}", host.name, page.path);
        let private = loopback.web.truth.forbidden.iter();
        let banned = private
            .clone()
            .any(|(h, p)| *h == host.name && page.path.starts_with(p));
        if loopback.web.page_truth(&url).is_some() && !banned {
            planned += 1;
            if !stored.contains(&url) {
                missing.push(url);
            }
        }
    }
    assert!(
        missing.len() * 100 <= planned,
        "{} of {planned}: {missing:?}",
        missing.len()
    );
}

#[test]
fn the_demo_finds_its_operators_and_no_innocent() {
    let place = Place::new();
    let judgement = place.run(&["demo", "--json", "--quiet"]).json().remove(0);
    assert_eq!(
        judgement["innocents"],
        serde_json::json!([]),
        "{judgement:#}"
    );
    assert_eq!(judgement["merged"], serde_json::json!([]), "{judgement:#}");
    assert_eq!(judgement["precision"], 1.0, "{judgement:#}");
    assert!(
        judgement["recall"].as_f64().unwrap() >= 0.9,
        "{judgement:#}"
    );
    let demo = place.path("state/demo");
    let on_demo = |args: &[&str]| {
        let mut args = args.to_vec();
        args.extend(["--state", demo.to_str().unwrap()]);
        place.run_bare(&args)
    };
    on_demo(&["check"]).ok();
    let export = || {
        let formats = ["gexf", "graphml", "json", "csv"];
        formats.map(|f| on_demo(&["export", "--format", f]).ok())
    };
    let before = export();
    std::fs::remove_dir_all(demo.join("store")).unwrap();
    on_demo(&["rebuild"]).ok();
    assert!(export() == before, "a rebuilt store exports the same bytes");
}

#[test]
fn a_disk_that_is_nearly_full_ends_a_crawl_with_its_state_saved() {
    let loopback = serve(Options::small());
    let place = Place::new();
    let everything = format!("*={}", loopback.server.addr);
    let crawl = |more: &[&str]| {
        let flags = ["--allow-private", "--delay", "0", "--quiet", "--resolve"];
        let seed = format!("http://{}/", loopback.web.hosts[0].name);
        let args = [&["crawl", &seed][..], &flags, &[&everything], more].concat();
        place.run(&args)
    };
    assert!([0, 3].contains(&crawl(&["--max-pages", "2"]).code));
    let before = place.run(&["stats", "--json"]).ok();
    let full = crawl(&["--min-free", "17592186044415"]);
    assert!(full.out.contains("stopped by"), "{full:?}");
    assert!(full.out.contains("disk full"), "{full:?}");
    let message = full.fails(3);
    assert!(message.contains("have to stay so"), "{message}");
    let told = crawl(&["--min-free", "17592186044415", "--json"]);
    assert_eq!(told.code, 3, "{told:?}");
    let summary: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(
        (&summary["stopped"], &summary["pages"]),
        (&"disk full".into(), &0.into())
    );
    assert_eq!(place.run(&["stats", "--json"]).ok(), before);
    place.run(&["check"]).ok();
}

#[test]
fn a_dry_run_tells_and_does_nothing() {
    let place = Place::new();
    let dry = |seeds: &[&str]| {
        place
            .run(&[&["crawl", "--dry-run", "--json"], seeds].concat())
            .json()
    };
    let steps = dry(&["http://a.test/", "http://127.0.0.1/"]);
    assert_eq!(
        steps[0],
        serde_json::json!({"url": "http://a.test/", "fetch": true, "why": "seed"})
    );
    assert_eq!(steps[1]["why"], "seed, address refused (loopback)");
    assert!(!place.path("state").exists());
    // A crawl that did not come to its end.
    let loopback = serve(Options::small());
    let seed = format!("http://{}/", loopback.web.hosts[0].name);
    let everything = format!("*={}", loopback.server.addr);
    let flags = [
        "--allow-private",
        "--delay",
        "0",
        "--max-pages",
        "1",
        "--resolve",
    ];
    let run = place.run(&[&["crawl", &seed][..], &flags, &[&everything]].concat());
    assert_eq!(run.code, 3, "{run:?}");
    let before = loopback.server.log().len();
    let steps = dry(&[&seed]);
    assert_eq!(
        (&steps[0]["fetch"], &steps[0]["why"]),
        (&false.into(), &"seed, fetched or queued before".into())
    );
    let queued = steps[1].to_string();
    assert!(
        queued.contains("queued by the unfinished crawl, 1 links"),
        "{queued}"
    );
    assert_eq!(loopback.server.log().len(), before);
}
