//! Where to draw the nodes: each network a disc, numbers in its middle and sites around them,
//! the discs side by side in a spiral, what belongs to no network outside. Inside a disc the
//! nodes stand like the seeds of a sunflower (H. Vogel, "A better way to construct the sunflower
//! head", 1979), which neither overlaps nor needs iteration.

use std::collections::BTreeMap;
use std::f64::consts::PI;

use super::model::Node;

/// Distance between nodes.
const STEP: f64 = 12.0;
/// Free space between discs.
const GAP: f64 = 30.0;

/// Gives every node its place, size and colour.
pub(super) fn place(nodes: &mut [Node]) {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        groups.entry(&node.network).or_default().push(index);
    }
    let loose = groups.remove("").unwrap_or_default();
    let mut order: Vec<(String, Vec<usize>)> = groups
        .into_iter()
        .map(|(id, members)| (id.to_owned(), members))
        .collect();
    order.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    let mut spiral = Spiral::default();
    for (id, mut members) in order {
        let centre = spiral.next(STEP * (members.len() as f64).sqrt());
        // Numbers in the middle; otherwise the order of the nodes.
        members.sort_by_key(|&m| (nodes[m].kind != "number", m));
        let hue = xxhash_rust::xxh3::xxh3_64(id.as_bytes()) % 360;
        for (seed, &member) in members.iter().enumerate() {
            let node = &mut nodes[member];
            put(node, centre, sunflower(seed));
            node.color = hsl(hue as f64, if node.kind == "number" { 0.35 } else { 0.6 });
        }
    }
    let inner = spiral.reach();
    for (seed, &member) in loose.iter().enumerate() {
        // A ring outside everything else: seeds go on where the disc of that size would end.
        let (x, y) = sunflower(seed + ((inner / STEP).powi(2)) as usize);
        put(&mut nodes[member], (0.0, 0.0), (x, y));
        nodes[member].color = [170, 170, 170];
    }
}

fn put(node: &mut Node, centre: (f64, f64), at: (f64, f64)) {
    let two_decimals = |v: f64| (v * 100.0).round() / 100.0;
    node.x = two_decimals(centre.0 + at.0);
    node.y = two_decimals(centre.1 + at.1);
    node.size = two_decimals(2.0 + f64::from(node.pages).ln_1p()).min(10.0);
}

fn sunflower(seed: usize) -> (f64, f64) {
    let golden = PI * (3.0 - 5f64.sqrt());
    let (radius, angle) = (STEP * (seed as f64).sqrt(), seed as f64 * golden);
    (radius * angle.cos(), radius * angle.sin())
}

/// Centres of discs, largest first, along rings that grow outwards.
#[derive(Default)]
struct Spiral {
    /// Radius of the ring being filled, its thickness, and the angle used up on it.
    ring: f64,
    thickness: f64,
    angle: f64,
}

impl Spiral {
    fn next(&mut self, radius: f64) -> (f64, f64) {
        let room = 2.0 * radius + GAP;
        if self.thickness == 0.0 {
            self.thickness = room;
            self.angle = 2.0 * PI;
            return (0.0, 0.0);
        }
        // The first disc of a ring is its largest, so the ring is as thick as that.
        if self.angle + self.span(room) > 2.0 * PI {
            self.ring += if self.ring == 0.0 {
                (self.thickness + room) / 2.0
            } else {
                self.thickness
            };
            self.thickness = room;
            self.angle = 0.0;
        }
        let at = self.angle + self.span(room) / 2.0;
        self.angle += self.span(room);
        (self.ring * at.cos(), self.ring * at.sin())
    }

    /// Angle that a disc takes on the ring.
    fn span(&self, room: f64) -> f64 {
        if self.ring * 2.0 <= room {
            2.0 * PI
        } else {
            2.0 * (room / (2.0 * self.ring)).asin()
        }
    }

    fn reach(&self) -> f64 {
        if self.thickness == 0.0 {
            0.0
        } else {
            self.ring + self.thickness
        }
    }
}

fn hsl(hue: f64, lightness: f64) -> [u8; 3] {
    let saturation = 0.65;
    let chroma = (1.0 - (2.0 * lightness - 1.0).abs()) * saturation;
    let channel = |n: f64| {
        let k = (n + hue / 30.0) % 12.0;
        let v = lightness - chroma / 2.0 * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (v * 255.0).round() as u8
    };
    [channel(0.0), channel(8.0), channel(4.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discs_of_networks_do_not_overlap() {
        let mut spiral = Spiral::default();
        let mut discs: Vec<(f64, f64, f64)> = Vec::new();
        for i in 0..200u32 {
            let radius = STEP * f64::from(2000 / (i + 1) + 2).sqrt();
            let (x, y) = spiral.next(radius);
            for (a, b, r) in &discs {
                let apart = ((x - a).powi(2) + (y - b).powi(2)).sqrt();
                assert!(apart >= radius + r, "disc {i}: {apart} < {radius} + {r}");
            }
            assert!((x * x + y * y).sqrt() + radius <= spiral.reach() + 1e-6);
            discs.push((x, y, radius));
        }
    }

    #[test]
    fn colours_are_hues() {
        assert_eq!(hsl(0.0, 0.5), [210, 45, 45]);
        assert_eq!(hsl(120.0, 0.5), [45, 210, 45]);
    }
}
