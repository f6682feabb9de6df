//! Communities in a weighted graph by the Leiden algorithm (V. A. Traag, L. Waltman and N. J. van
//! Eck, "From Louvain to Leiden: guaranteeing well-connected communities", 2019; here by
//! `leiden-rs`), with the Constant Potts Model as quality: two communities merge only if the
//! weight between them is more than `RESOLUTION` times the product of their sizes. Unlike
//! modularity this neither splits a small dense group nor depends on the rest of the graph.
//!
//! Each component is given to it alone and numbered by itself, so that a component's communities
//! do not change with what else there is.

use leiden_rs::{GraphDataBuilder, Leiden, LeidenConfig, LeidenError, QualityType};

use super::csr::Rows;

/// Density of links, in units of a full link, below which two groups stay apart. A chain of
/// some twenty numbers holds together; two groups of ten that one number joins do not.
const RESOLUTION: f64 = 0.01;
/// The order in which nodes are visited is drawn from it.
const SEED: u64 = 1;
/// Nodes that are looked at together. The crate's refinement clears as many cells for each
/// community as the graph has nodes, which is quadratic in the size of a component; no operator
/// has so many numbers, but somebody may link as many on purpose.
const MOST_TOGETHER: usize = 2048;

/// An undirected link between two nodes, with a weight above 0 and up to 1.
type Link = (u32, u32, f64);

/// Undirected links between `nodes` nodes → the community of each node. A community is connected
/// and named by its smallest node. The order of the links does not matter, nor what other
/// components there are.
pub(super) fn leiden(nodes: usize, links: &[Link]) -> Vec<u32> {
    let mut links: Vec<Link> = links.iter().filter(|l| l.0 != l.1).copied().collect();
    links.sort_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(x.2.total_cmp(&y.2)));
    let of_node = Rows::of(nodes, || {
        let numbered = (0u32..).zip(&links);
        numbered.flat_map(|(index, &(a, b, _))| [(a, index), (b, index)])
    });
    let parts = Parts::of(nodes, &links, &of_node);
    let mut sets = Sets::new(nodes);
    for (_, members) in parts.members.iter() {
        // Only the crate's own limits can be broken: its nodes and weights are in range here. Were
        // they ever not, everybody would stay alone.
        let Ok(community) = parts.communities(members, &links, &of_node) else {
            continue;
        };
        for (a, b, _) in parts.inside(members, &links, &of_node) {
            let of = |node: u32| community[parts.place[node as usize] as usize];
            if of(a) == of(b) {
                sets.union(a, b);
            }
        }
    }
    (0..nodes as u32).map(|node| sets.find(node)).collect()
}

/// The components, and those of more than `MOST_TOGETHER` nodes in pieces of neighbours.
struct Parts {
    /// Nodes of each part, in order; nodes without links are in none.
    members: Rows,
    /// The part of each node, and its place there.
    of_node: Vec<u32>,
    place: Vec<u32>,
}

impl Parts {
    /// Breadth first from the smallest node on, so that a piece is made of neighbours.
    fn of(nodes: usize, links: &[Link], of_node: &Rows) -> Parts {
        let mut parts = Parts {
            members: Rows::default(),
            of_node: vec![u32::MAX; nodes],
            place: vec![0; nodes],
        };
        let mut found = vec![false; nodes];
        let mut queue: Vec<u32> = Vec::new();
        for node in 0..nodes as u32 {
            if found[node as usize] || of_node.row(node).is_empty() {
                continue;
            }
            queue.clear();
            queue.push(node);
            found[node as usize] = true;
            let mut next = 0;
            while let Some(&node) = queue.get(next) {
                next += 1;
                for &link in of_node.row(node) {
                    let other = across(links[link as usize], node);
                    if !std::mem::replace(&mut found[other as usize], true) {
                        queue.push(other);
                    }
                }
            }
            for piece in queue.chunks_mut(MOST_TOGETHER) {
                piece.sort_unstable();
                parts.push(piece);
            }
        }
        parts
    }

    fn push(&mut self, members: &[u32]) {
        let part = self.members.len() as u32;
        for (place, &node) in (0u32..).zip(members) {
            self.of_node[node as usize] = part;
            self.place[node as usize] = place;
            self.members.push(node);
        }
        self.members.end_row();
    }

    /// Links between nodes of one part, each once, in order of its smaller node.
    fn inside<'a>(
        &'a self,
        members: &'a [u32],
        links: &'a [Link],
        of_node: &'a Rows,
    ) -> impl Iterator<Item = Link> + 'a {
        members.iter().flat_map(move |&node| {
            let row = of_node.row(node).iter().map(|&l| links[l as usize]);
            row.map(move |link| (node, across(link, node), link.2))
                .filter(|&(node, other, _)| {
                    node < other && self.of_node[node as usize] == self.of_node[other as usize]
                })
        })
    }

    /// The community of each member of a part, by its place.
    fn communities(
        &self,
        members: &[u32],
        links: &[Link],
        of_node: &Rows,
    ) -> Result<Vec<usize>, LeidenError> {
        let mut graph = GraphDataBuilder::new(members.len());
        let place = |node: u32| self.place[node as usize] as usize;
        for (a, b, weight) in self.inside(members, links, of_node) {
            graph.add_edge(place(a), place(b), weight)?;
        }
        let config = LeidenConfig::builder()
            .quality(QualityType::CPM)
            .resolution(RESOLUTION)
            .seed(SEED)
            .build();
        let found = Leiden::new(config).run(&graph.build()?)?;
        Ok(found.partition.as_slice().to_vec())
    }
}

/// The other end of a node's link.
fn across((a, b, _): Link, node: u32) -> u32 {
    if a == node { b } else { a }
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

    #[test]
    fn a_component_does_not_change_with_others() {
        let mut links = clique(3, 9, 0.7);
        links.extend([(11, 12, 0.6), (12, 13, 0.9), (13, 20, 0.65)]);
        let alone = leiden(30, &links);
        links.extend(clique(21, 9, 0.8));
        links.push((0, 1, 0.9));
        let beside = leiden(30, &links);
        assert_eq!(alone[3..21], beside[3..21]);
    }

    #[test]
    fn a_chain_longer_than_a_part_is_cut_into_connected_pieces() {
        let nodes = 3 * MOST_TOGETHER as u32;
        let links: Vec<_> = (1..nodes).map(|i| (i - 1, i, 0.8)).collect();
        let found = leiden(nodes as usize, &links);
        assert!((1..found.len()).all(|i| found[i] == found[i - 1] || found[i] == i as u32));
        let mut sizes = vec![0; found.len()];
        found.iter().for_each(|&c| sizes[c as usize] += 1);
        assert!(sizes.iter().all(|&n| n < 40), "too long a piece");
        assert!(sizes.iter().filter(|&&n| n > 0).count() * 4 < found.len());
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
