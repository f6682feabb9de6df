//! What is wrong on one web, with what the graph knows of each number and site.

use partyline::demo::Web;
use partyline::demo::trial::Trial;
use partyline::graph::Graph;

/// Prints numbers with a wrong verdict, networks with a wrong member or that are one of several,
/// and spam sites in no network.
pub fn print(web: &Web, graph: &Graph, trial: &Trial) {
    println!("{}", trial.judgement);
    for (what, list) in [("spared", &trial.spared), ("accused", &trial.accused)] {
        for number in list.iter().filter_map(|digits| graph.number(digits)) {
            let (node, verdict) = (&graph.numbers[number as usize], graph.verdict(number));
            println!("{what} {node:?}\n  {verdict:?}");
            for &site in graph.sites_of(number).iter().take(6) {
                println!("  {}", site_line(web, graph, site));
            }
        }
    }
    let j = &trial.judgement;
    let mut wrong: Vec<u32> = Vec::new();
    let innocents = j.innocents.iter().filter_map(|i| graph.site(&i.0));
    wrong.extend(innocents.filter_map(|s| graph.sites[s as usize].network));
    let split = j.split.iter().flat_map(|s| s.networks.keys());
    let merged = j.merged.iter().map(|m| &m.network);
    wrong.extend(split.chain(merged).filter_map(|id| graph.network(id)));
    wrong.sort_unstable();
    wrong.dedup();
    for network in wrong.iter().map(|&n| &graph.networks[n as usize]) {
        println!("network {} score {}", network.id, network.score);
        for evidence in graph.evidence(network).iter().take(4) {
            println!("  {:?} {} {}", evidence.kind, evidence.value, evidence.why);
        }
        for &site in &network.sites {
            println!("  {}", site_line(web, graph, site));
        }
    }
    for site in j.missed.iter().filter_map(|name| graph.site(name)) {
        println!("missed {}", site_line(web, graph, site));
    }
}

/// A site with its truth and its numbers.
fn site_line(web: &Web, graph: &Graph, site: u32) -> String {
    let node = &graph.sites[site as usize];
    let truth = match web.truth.operator_of.get(&node.name) {
        Some(operator) => format!("operator {operator}"),
        None => format!("{:?}", web.truth.innocents.get(&node.name)),
    };
    let numbers = node.numbers.iter().map(|n| {
        let number = &graph.numbers[n.number as usize];
        format!(
            "{} {:?} {}{}{} lead {} of {} pages, on {} sites, own {}",
            number.digits,
            number.status,
            if n.own { "own " } else { "" },
            if n.prominent { "prominent " } else { "" },
            if n.together { "together" } else { "" },
            n.lead_pages,
            n.pages,
            number.sites,
            number.own_sites,
        )
    });
    let numbers: Vec<String> = numbers.collect();
    let claims = graph.claims(site);
    let brands: Vec<&str> = claims.iter().map(|c| c.brand.as_str()).collect();
    format!(
        "{} ({truth}) hot {} ({} of {}), kit {:?}, network {:?}, brands {}, {}",
        node.name,
        node.hot,
        node.hot_pages,
        node.pages,
        node.kit,
        node.network,
        brands.join(" "),
        numbers.join("; ")
    )
}
