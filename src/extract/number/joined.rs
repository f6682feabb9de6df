//! Strings that a script puts together, and where their pieces stand in it.

use super::lexer::Position;

/// Literals of one string whose places are remembered.
const MAX_PIECES: usize = 256;

/// Moves through the pieces of a string, in the order of its text.
pub struct StringWalk<'s> {
    text: &'s str,
    pieces: &'s Pieces,
    /// Where the expression starts in the script.
    expression: usize,
    body: &'s str,
    piece: Position<'s>,
    /// Where in the text the piece starts, and the index of the one behind it.
    start: usize,
    next: usize,
}

impl<'s> StringWalk<'s> {
    pub fn new(text: &'s str, pieces: &'s Pieces, expression: usize, body: &'s str) -> Self {
        StringWalk {
            text,
            pieces,
            expression,
            body,
            piece: Position::of(body, pieces.first),
            start: 0,
            next: 0,
        }
    }

    /// Byte offset in the script of the character at byte `at` of the text, or of its escape;
    /// where it is not written as such, of the expression.
    pub fn to(&mut self, at: usize) -> usize {
        let more = &self.pieces.more;
        while let Some(&(start, offset)) = more.get(self.next).filter(|piece| piece.0 <= at) {
            (self.start, self.next) = (start, self.next + 1);
            self.piece = Position::of(self.body, offset);
        }
        self.piece.to(at - self.start);
        let there = self.body.get(self.piece.at..).unwrap_or_default();
        let own = self.text.get(at..).and_then(|text| text.chars().next());
        match there.starts_with('\\') || own.is_some_and(|c| there.starts_with(c)) {
            true => self.piece.at,
            false => self.expression,
        }
    }
}

/// The literals that a string was put together of: byte offset in the script of the first, and
/// of each of the others with where it begins in the string.
#[derive(Clone, Default)]
pub struct Pieces {
    first: usize,
    more: Vec<(usize, usize)>,
}

impl Pieces {
    pub fn at(offset: usize) -> Pieces {
        let more = Vec::new();
        Pieces {
            first: offset,
            more,
        }
    }

    /// Behind `length` bytes of text come the other's.
    fn append(&mut self, length: usize, other: &Pieces) {
        if self.more.len() < MAX_PIECES {
            self.more.push((length, other.first));
            let behind = other.more.iter().map(|&(text, at)| (text + length, at));
            self.more.extend(behind);
        }
    }
}

/// A string and what it was put together of.
#[derive(Clone, Default)]
pub struct Joined {
    pub text: String,
    pub pieces: Pieces,
}

impl Joined {
    pub fn push(&mut self, other: &Joined) {
        // Nothing comes from an empty one.
        if !other.text.is_empty() {
            self.pieces.append(self.text.len(), &other.pieces);
            self.text.push_str(&other.text);
        }
    }
}
