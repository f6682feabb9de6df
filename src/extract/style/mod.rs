//! What a page's styles make of its text: decoy digits and keywords that nobody sees, digits that
//! a style sheet adds or puts in order. Inline styles are read in the stream; where a style
//! sheet has a say, or parts stand in another order than they are written in, only a tree tells what
//! is shown: the one place that uses `scraper`.
//!
//! | part | what it does |
//! | --- | --- |
//! | `declaration` | what the declarations of a rule or an attribute say |
//! | `sheet` | the rules of `<style>` elements |
//! | `size` | what a page would cost as a tree |

mod declaration;
mod sheet;
mod size;
#[cfg(test)]
mod tests;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{Html, Node};

use crate::extract::document::{Alignment, Builder, Given, UNKNOWN, is_void};

pub use declaration::{hides, turns};
pub use sheet::{Rule, rules};

use declaration::{Content, Order, TURNING};
use sheet::Effect;

/// Steps that matching may take: simple selectors, times elements, times the ancestors that a
/// selector with combinators may climb.
const MAX_STEPS: usize = 20_000_000;

/// Do inline declarations show the parts of an element, or the element among others, in another
/// order?
pub fn reorders(style: &str) -> bool {
    declaration::order(style).matters()
}

/// Feeds the page to `builder` from its tree, as its styles show it. False where the page is too
/// deep or too large for a tree, or nothing is matched by `rules` and `ordered` is not set: some element
/// [`reorders`] by itself.
pub fn walk(html: &str, rules: &[Rule], ordered: bool, builder: &mut Builder) -> bool {
    let Some(size) = size::size_as_tree(html) else {
        return false;
    };
    let once: usize = rules
        .iter()
        .map(|rule| rule.simple * if rule.climbs { size.depth + 4 } else { 1 })
        .sum();
    if once * size.tags * (1 + size.words / 32) > MAX_STEPS {
        return false;
    }
    let tree = Html::parse_document(html);
    let matched = Matched::new(&tree, rules);
    if matched.0.is_empty() && !ordered {
        return false;
    }
    let mut walk = Walk {
        matched,
        alignment: Alignment::new(html),
        builder,
        titled: false,
    };
    // A stack of its own: what is still to be opened and closed, the next last.
    let mut waiting = vec![Edge::Open(tree.tree.root())];
    while let Some(edge) = waiting.pop() {
        match edge {
            Edge::Open(node) => {
                walk.open(node);
                waiting.push(Edge::Close(node));
                let parts = walk.matched.parts(node);
                waiting.extend(parts.into_iter().rev().map(Edge::Open));
            }
            Edge::Close(node) => walk.close(node),
        }
    }
    true
}

/// What the rules say of elements, by element, and for one in the order of the rules.
struct Matched<'r>(Vec<(NodeId, &'r Effect)>);

impl<'r> Matched<'r> {
    fn new(tree: &Html, rules: &'r [Rule]) -> Self {
        let mut matched: Vec<(NodeId, &Effect)> = Vec::new();
        for rule in rules {
            let elements = tree.select(&rule.selector);
            matched.extend(elements.map(|element| (element.id(), &rule.effect)));
        }
        // Stable: the order of the rules stays.
        matched.sort_by_key(|(element, _)| *element);
        Matched(matched)
    }

    fn of(&self, element: NodeId) -> impl DoubleEndedIterator<Item = &'r Effect> {
        let from = self.0.partition_point(|(id, _)| *id < element);
        let own = self.0[from..].iter();
        let many = own.take_while(|(id, _)| *id == element).count();
        self.0[from..from + many].iter().map(|(_, effect)| *effect)
    }

    fn order(&self, node: NodeRef<'_, Node>) -> Order {
        let Node::Element(element) = node.value() else {
            return Order::default();
        };
        let own = self.of(node.id()).filter_map(|effect| match effect {
            Effect::Orders(order) => Some(*order),
            _ => None,
        });
        let inline = element.attr("style").map(declaration::order);
        own.chain(inline).fold(Order::default(), Order::and)
    }

    /// The parts of a node, in the order in which they are shown.
    fn parts<'t>(&self, node: NodeRef<'t, Node>) -> Vec<NodeRef<'t, Node>> {
        let mut parts: Vec<_> = node.children().collect();
        if parts.len() < 2 {
            return parts;
        }
        let order = self.order(node);
        let places: Vec<Order> = parts.iter().map(|part| self.order(*part)).collect();
        let elements = parts.iter().zip(&places);
        let mut elements = elements.filter(|(part, _)| part.value().is_element());
        let leftwards = order.leftwards && elements.all(|(_, own)| own.boxed);
        if places.iter().any(|own| own.place.is_some()) {
            let mut placed: Vec<_> = parts.into_iter().zip(places).collect();
            placed.sort_by_key(|(_, own)| own.place.unwrap_or_default());
            parts = placed.into_iter().map(|(part, _)| part).collect();
        }
        if order.reversed || leftwards {
            parts.reverse();
        }
        parts
    }

    /// Text that is added to an element, before its own or behind it.
    fn added(&self, id: NodeId, element: &Element, before: bool) -> String {
        let own = |effect: &'r Effect| -> Option<&'r Content> {
            match effect {
                Effect::Before(content) if before => Some(content),
                Effect::After(content) if !before => Some(content),
                _ => None,
            }
        };
        let last = self.of(id).rev().find_map(own);
        let last = last.filter(|_| !is_void(element.name()));
        let text = last.map(|content| content.of(|name| element.attr(name)));
        text.unwrap_or_default().into_owned()
    }

    /// The element is hidden, and what is added to it is not.
    fn hides_own(&self, id: NodeId) -> bool {
        let hides = |added| self.of(id).any(|effect| *effect == Effect::Hides { added });
        hides(false) && !hides(true)
    }
}

struct Walk<'r, 'h, 'b> {
    matched: Matched<'r>,
    alignment: Alignment<'h>,
    builder: &'b mut Builder,
    titled: bool,
}

impl Walk<'_, '_, '_> {
    fn open(&mut self, node: NodeRef<'_, Node>) {
        match node.value() {
            Node::Element(element) => self.element(node.id(), element),
            Node::Text(text) => match node.parent().map(|parent| parent.value()) {
                // The tree has resolved the title's references, which the stream has not.
                Some(Node::Element(element)) if element.name() == "title" => {
                    if !self.titled {
                        self.builder.title(&text.text, self.alignment.title());
                    }
                    self.titled = true;
                }
                _ => {
                    let builder = &mut *self.builder;
                    let piece = |piece: &str, at| builder.text(piece, at);
                    self.alignment.text(&text.text, piece);
                }
            },
            Node::Comment(comment) => self.builder.comment(&comment.comment),
            _ => {}
        }
    }

    fn element(&mut self, id: NodeId, element: &Element) {
        let mut attributes: Vec<Given<'_>> = Vec::new();
        for (key, value) in element.attrs() {
            let at = self.alignment.attribute(element.name(), key, value);
            let (key, value) = (key.into(), value.into());
            attributes.push(Given { key, value, at });
        }
        let says = |key: &'static str, value: &'static str| Given {
            key: key.into(),
            value: value.into(),
            at: 0,
        };
        let mut hidden = false;
        for effect in self.matched.of(id) {
            match effect {
                Effect::Hides { .. } => hidden = true,
                Effect::Turns => attributes.insert(0, says("style", TURNING)),
                _ => {}
            }
        }
        if hidden {
            attributes.push(says("hidden", ""));
        }
        let added = self.matched.added(id, element, true);
        // Behind the opening tag it would be hidden like the rest.
        let outside = !added.is_empty() && self.matched.hides_own(id);
        if outside {
            self.builder.text(&added, UNKNOWN);
        }
        self.builder.open(element.name(), &attributes);
        if !outside {
            self.builder.text(&added, UNKNOWN);
        }
    }

    fn close(&mut self, node: NodeRef<'_, Node>) {
        let Node::Element(element) = node.value() else {
            return;
        };
        let added = self.matched.added(node.id(), element, false);
        let outside = !added.is_empty() && self.matched.hides_own(node.id());
        if !outside {
            self.builder.text(&added, UNKNOWN);
        }
        self.builder.close(element.name());
        if outside {
            self.builder.text(&added, UNKNOWN);
        }
    }
}
