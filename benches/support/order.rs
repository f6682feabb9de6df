//! How many pages each order needs to find the operators' numbers of the demo web.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use partyline::crawl::{self, Order, Seen, fetch, politeness, resolve, seeds};
use partyline::demo::{Options, Web, server, trial};
use partyline::state::State;

const PARTS: [usize; 5] = [50, 80, 90, 95, 100];

/// Crawls the web of each seed in each order, and prints the pages that were stored when such a
/// part of the operators' numbers had been seen on operators' sites.
pub fn measure(webs: u64) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    println!("| web | order | 50 % | 80 % | 90 % | 95 % | 100 % | pages of all |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for seed in 0..webs {
        let web = Arc::new(Web::generate(&Options {
            seed: Options::large().seed + seed,
            // A Crawl-delay would be kept.
            robots_rules: false,
            ..Options::large()
        }));
        let server = server::serve(web.clone(), server::Settings::default());
        let server = runtime.block_on(server).expect("the server starts");
        for order in [Order::Focused, Order::Fair, Order::Breadth] {
            let needed = crawl(&web, server.addr, order);
            println!("| {seed} | {order:?} | {} |", needed.join(" | "));
        }
    }
}

fn crawl(web: &Web, address: std::net::SocketAddr, order: Order) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let state = State::open(dir.path(), 48 << 20).expect("a new state");
    let seeds = web.seeds.iter().filter_map(|s| seeds::seed(s)).collect();
    let options = crawl::Options {
        scope: crawl::Scope::Any,
        max_depth: 16,
        concurrency: 16,
        order,
        network_budget: 500,
        politeness: politeness::Settings {
            delay: Duration::ZERO,
            ..politeness::Settings::default()
        },
        fetch: fetch::Options {
            allow_private: true,
            resolve: vec![resolve::Override {
                host: "*".into(),
                ip: address.ip(),
                port: Some(address.port()),
            }],
            ..fetch::Options::default()
        },
        ..crawl::Options::default()
    };
    let wanted: BTreeSet<&str> = web
        .truth
        .operator_numbers
        .iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let (mut found, mut pages) = (BTreeSet::<&str>::new(), 0u64);
    let mut needed = vec!["–".to_owned(); PARTS.len()];
    let mut observe = |seen: Seen<'_>| {
        let Seen::Page(record) = seen else { return };
        pages += 1;
        if !web.truth.operator_of.contains_key(record.site.as_str()) {
            return;
        }
        let numbers = record.numbers.iter().map(|n| n.number.as_str());
        found.extend(numbers.filter_map(|n| wanted.get(n).copied()));
        for (place, part) in PARTS.iter().enumerate() {
            if found.len() * 100 >= wanted.len() * part && needed[place] == "–" {
                needed[place] = pages.to_string();
            }
        }
    };
    let lists = Arc::new(trial::lists(web));
    let (summary, _) =
        crawl::crawl(options, seeds, state, lists, &mut observe).expect("the crawl runs");
    needed.push(summary.pages.to_string());
    let left = wanted.iter().filter(|n| !found.contains(*n)).count();
    eprintln!(
        "{order:?}: {} numbers, {left} not found; {:?}",
        wanted.len(),
        summary.failures
    );
    needed
}
