//! Communities in a weighted graph by the Leiden algorithm (V. A. Traag, L. Waltman and N. J. van
//! Eck, "From Louvain to Leiden: guaranteeing well-connected communities", 2019), with the
//! Constant Potts Model as quality: two communities merge only if the weight between them is
//! more than `RESOLUTION` times the product of their sizes. Unlike modularity this neither
//! splits a small dense group nor depends on the rest of the graph.
//!
//! Deterministic: nodes are visited in order of index, the refinement takes the best move in
//! place of a random one, ties go to the smaller index.

use std::collections::{BTreeMap, VecDeque};

/// Density of links, in units of a full link, below which two groups stay apart. A chain of
/// some twenty numbers holds together; two groups of ten that one number joins do not.
const RESOLUTION: f64 = 0.01;
/// Rounds of moving, refining and aggregating; each shrinks the graph, so few are ever needed.
const MAX_ROUNDS: usize = 32;

/// Undirected links `(a, b, weight)` between `nodes` nodes → the community of each node. A
/// community is named by its smallest node.
pub(super) fn leiden(nodes: usize, links: &[(u32, u32, f64)]) -> Vec<u32> {
    let mut level = Level::new(nodes, links);
    // Node of the original graph → node of the present level.
    let mut place: Vec<u32> = (0..nodes as u32).collect();
    let mut community: Vec<u32> = place.clone();
    for _ in 0..MAX_ROUNDS {
        level.move_nodes(&mut community);
        let refined = level.refine(&community);
        let (next, renamed) = level.aggregate(&refined);
        for p in &mut place {
            *p = renamed[*p as usize];
        }
        let shrunk = next.size.len() < level.size.len();
        let mut coarse = vec![0; next.size.len()];
        for (node, &new) in renamed.iter().enumerate() {
            coarse[new as usize] = community[node];
        }
        community = compact(&coarse);
        level = next;
        if !shrunk {
            break;
        }
    }
    by_smallest(place.iter().map(|&p| community[p as usize]))
}

/// Renames communities to indices below the number of nodes, in order of first occurrence.
fn compact(community: &[u32]) -> Vec<u32> {
    let mut names: BTreeMap<u32, u32> = BTreeMap::new();
    community
        .iter()
        .map(|&c| {
            let fresh = names.len() as u32;
            *names.entry(c).or_insert(fresh)
        })
        .collect()
}

fn by_smallest(community: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut first: BTreeMap<u32, u32> = BTreeMap::new();
    community
        .enumerate()
        .map(|(node, c)| *first.entry(c).or_insert(node as u32))
        .collect()
}

/// The graph at one level of aggregation.
struct Level {
    /// Original nodes inside each node.
    size: Vec<f64>,
    neighbours: Vec<Vec<(u32, f64)>>,
}

impl Level {
    fn new(nodes: usize, links: &[(u32, u32, f64)]) -> Self {
        let mut neighbours = vec![Vec::new(); nodes];
        for &(a, b, weight) in links {
            if a != b {
                neighbours[a as usize].push((b, weight));
                neighbours[b as usize].push((a, weight));
            }
        }
        for list in &mut neighbours {
            list.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            list.dedup_by(|later, kept| {
                let same = later.0 == kept.0;
                if same {
                    kept.1 += later.1;
                }
                same
            });
        }
        Level {
            size: vec![1.0; nodes],
            neighbours,
        }
    }

    /// Moves nodes to the community that gains most until none gains (fast local moving).
    fn move_nodes(&self, community: &mut [u32]) {
        let n = self.size.len();
        let mut total = vec![0.0; n];
        for node in 0..n {
            total[community[node] as usize] += self.size[node];
        }
        let mut queued = vec![true; n];
        let mut queue: VecDeque<u32> = (0..n as u32).collect();
        // Every move raises the quality, so this ends; the bound guards against rounding.
        let mut left = n.saturating_mul(64);
        let mut toward = Tally::new(n);
        while let Some(node) = queue.pop_front()
            && left > 0
        {
            left -= 1;
            let node = node as usize;
            queued[node] = false;
            let from = community[node];
            total[from as usize] -= self.size[node];
            toward.clear();
            toward.add(from, 0.0);
            for &(other, weight) in &self.neighbours[node] {
                toward.add(community[other as usize], weight);
            }
            let gain =
                |c: u32, weight: f64| weight - RESOLUTION * self.size[node] * total[c as usize];
            let mut best = (from, gain(from, toward.weight[from as usize]));
            for &c in &toward.touched {
                let g = gain(c, toward.weight[c as usize]);
                if g > best.1 + 1e-9
                    || (c != from && best.0 != from && (g - best.1).abs() <= 1e-9 && c < best.0)
                {
                    best = (c, g);
                }
            }
            total[best.0 as usize] += self.size[node];
            if best.0 != from {
                community[node] = best.0;
                for &(other, _) in &self.neighbours[node] {
                    let other = other as usize;
                    if community[other] != best.0 && !queued[other] {
                        queued[other] = true;
                        queue.push_back(other as u32);
                    }
                }
            }
        }
    }

    /// Splits each community into well-connected parts: singletons join a part of the same
    /// community where that gains and both are tied to the rest of it well enough.
    fn refine(&self, community: &[u32]) -> Vec<u32> {
        let n = self.size.len();
        let mut whole = vec![0.0; n];
        for node in 0..n {
            whole[community[node] as usize] += self.size[node];
        }
        let inside = |node: usize| -> f64 {
            self.neighbours[node]
                .iter()
                .filter(|(other, _)| community[*other as usize] == community[node])
                .map(|(_, w)| w)
                .sum()
        };
        let mut part: Vec<u32> = (0..n as u32).collect();
        let mut part_size = self.size.clone();
        // Weight from a part to the rest of its community.
        let mut outside: Vec<f64> = (0..n).map(inside).collect();
        let mut alone = vec![true; n];
        let mut toward = Tally::new(n);
        for node in 0..n {
            let all = whole[community[node] as usize];
            let connected = |size: f64, cut: f64| cut >= RESOLUTION * size * (all - size) - 1e-9;
            if !alone[node] || !connected(self.size[node], outside[node]) {
                continue;
            }
            toward.clear();
            for &(other, weight) in &self.neighbours[node] {
                if community[other as usize] == community[node] {
                    toward.add(part[other as usize], weight);
                }
            }
            let mut best: Option<(u32, f64)> = None;
            for &p in &toward.touched {
                let gain = toward.weight[p as usize]
                    - RESOLUTION * self.size[node] * part_size[p as usize];
                let well = connected(part_size[p as usize], outside[p as usize]);
                if well && gain > 0.0 && best.is_none_or(|(q, g)| gain > g || (gain == g && p < q))
                {
                    best = Some((p, gain));
                }
            }
            if let Some((p, _)) = best {
                let shared = toward.weight[p as usize];
                outside[p as usize] += outside[node] - 2.0 * shared;
                part_size[p as usize] += self.size[node];
                part[node] = p;
                alone[p as usize] = false;
                alone[node] = false;
            }
        }
        part
    }

    /// One node for each part. Returns the new level and where each node went.
    fn aggregate(&self, part: &[u32]) -> (Level, Vec<u32>) {
        let renamed = compact(part);
        let nodes = renamed.iter().max().map_or(0, |&m| m as usize + 1);
        let mut links = Vec::new();
        let mut size = vec![0.0; nodes];
        for (node, &new) in renamed.iter().enumerate() {
            size[new as usize] += self.size[node];
            for &(other, weight) in &self.neighbours[node] {
                if (node as u32) < other {
                    links.push((new, renamed[other as usize], weight));
                }
            }
        }
        let mut level = Level::new(nodes, &links);
        level.size = size;
        (level, renamed)
    }
}

/// Sums by community that are cleared in the time that they took to fill.
struct Tally {
    weight: Vec<f64>,
    seen: Vec<bool>,
    touched: Vec<u32>,
}

impl Tally {
    fn new(n: usize) -> Self {
        Tally {
            weight: vec![0.0; n],
            seen: vec![false; n],
            touched: Vec::new(),
        }
    }

    fn add(&mut self, c: u32, weight: f64) {
        if !std::mem::replace(&mut self.seen[c as usize], true) {
            self.touched.push(c);
        }
        self.weight[c as usize] += weight;
    }

    fn clear(&mut self) {
        for c in self.touched.drain(..) {
            self.weight[c as usize] = 0.0;
            self.seen[c as usize] = false;
        }
    }
}

/// Disjoint sets; the smallest member names a set.
pub(super) struct Sets {
    parent: Vec<u32>,
}

impl Sets {
    pub fn new(n: usize) -> Self {
        Sets {
            parent: (0..n as u32).collect(),
        }
    }

    pub fn find(&mut self, mut node: u32) -> u32 {
        while self.parent[node as usize] != node {
            let up = self.parent[self.parent[node as usize] as usize];
            self.parent[node as usize] = up;
            node = up;
        }
        node
    }

    pub fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clique(from: u32, n: u32, weight: f64) -> Vec<(u32, u32, f64)> {
        (from..from + n)
            .flat_map(|a| (a + 1..from + n).map(move |b| (a, b, weight)))
            .collect()
    }

    #[test]
    fn one_link_does_not_join_two_dense_groups() {
        let mut links = clique(0, 12, 1.0);
        links.extend(clique(12, 12, 1.0));
        links.push((3, 17, 1.0));
        let found = leiden(24, &links);
        assert!(found[..12].iter().all(|&c| c == 0));
        assert!(found[12..].iter().all(|&c| c == 12));
    }

    #[test]
    fn a_short_chain_is_one_community() {
        let links: Vec<_> = (0..9).map(|i| (i, i + 1, 1.0)).collect();
        assert!(leiden(10, &links).iter().all(|&c| c == 0));
    }

    #[test]
    fn a_star_and_strangers() {
        let links: Vec<_> = (1..20).map(|i| (0, i, 0.8)).collect();
        let found = leiden(22, &links);
        assert!(found[..20].iter().all(|&c| c == 0));
        assert_eq!(&found[20..], &[20, 21]);
    }

    #[test]
    fn nothing_and_one_node() {
        assert!(leiden(0, &[]).is_empty());
        assert_eq!(leiden(1, &[]), [0]);
    }

    proptest::proptest! {
        #[test]
        fn communities_are_connected(edges in proptest::collection::vec((0u32..30, 0u32..30), 0..80)) {
            let links: Vec<_> = edges.iter().map(|&(a, b)| (a, b, 0.7)).collect();
            let found = leiden(30, &links);
            let mut sets = Sets::new(30);
            for &(a, b) in &edges {
                if found[a as usize] == found[b as usize] {
                    sets.union(a, b);
                }
            }
            for node in 0..30u32 {
                proptest::prop_assert_eq!(sets.find(node), found[node as usize]);
            }
        }

        #[test]
        fn the_order_of_links_does_not_matter(edges in proptest::collection::vec((0u32..20, 0u32..20), 0..50)) {
            let links: Vec<_> = edges.iter().map(|&(a, b)| (a, b, 0.5)).collect();
            let mut back = links.clone();
            back.reverse();
            proptest::prop_assert_eq!(leiden(20, &links), leiden(20, &back));
        }
    }
}
