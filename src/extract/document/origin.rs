//! Where in the decoded page the texts of a document come from.
//!
//! While a document is folded only the start of each stretch of source is noted. What stands
//! between that start and a character (references, folded white space, escapes) is read again
//! only where somebody asks for the place of that character: see [`Locator`].

use crate::extract::markup;
use crate::extract::veil::is_veil;

/// Stretches noted for one page; lines behind them have no origin.
const MAX_STRETCHES: usize = 200_000;
/// Stands for an origin that is not known.
pub const UNKNOWN: u32 = u32::MAX;

/// The decoded page that a document was folded from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    Html(&'a str),
    /// Text that was extracted elsewhere: offsets count in the string that they are found in.
    Text {
        title: &'a str,
        text: &'a str,
    },
}

/// From byte `text` of a text on, its characters come from byte `page` of the page on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub text: u32,
    pub page: u32,
}

/// One of the texts of a document, by its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Title,
    Line(usize),
    Attribute(usize),
    Script(usize),
}

/// The origins of a document's texts: byte offsets into the decoded page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Origins {
    title: Option<u32>,
    stretches: Vec<Stretch>,
    /// The first stretch of each line.
    lines: Vec<u32>,
    /// Start of the value in the page, and how many bytes of it stand before the part kept.
    attributes: Vec<Stretch>,
    scripts: Vec<u32>,
    full: bool,
}

impl Origins {
    /// Makes room for so many lines.
    pub fn reserve(&mut self, lines: usize) {
        self.lines.reserve(lines);
        self.stretches.reserve(2 * lines);
    }

    pub fn title(&mut self, page: u32) {
        self.title = Some(page);
    }

    pub fn script(&mut self, page: u32) {
        self.scripts.push(page);
    }

    /// `skipped` bytes of the value (references resolved) were left out.
    pub fn attribute(&mut self, page: u32, skipped: usize) {
        self.attributes.push(Stretch {
            text: offset(skipped),
            page,
        });
    }

    /// The line that is being read goes on with what stands at `page`.
    pub fn stretch(&mut self, text: usize, page: u32) {
        self.full |= self.stretches.len() >= MAX_STRETCHES;
        if !self.full {
            let text = offset(text);
            self.stretches.push(Stretch { text, page });
        }
    }

    /// Where the line that is being read, which began with stretch `first`, has its text from byte
    /// `text` on is not known.
    pub fn forget(&mut self, first: u32, text: usize) {
        let text = offset(text);
        let behind = |last: &Stretch| last.text >= text;
        while self.stretches.len() > first as usize && self.stretches.last().is_some_and(behind) {
            self.stretches.pop();
        }
        if !self.full {
            let page = UNKNOWN;
            self.stretches.push(Stretch { text, page });
        }
    }

    /// Of the line that is being read, which began with stretch `first`, the characters at `gone` are
    /// taken out.
    pub fn shift(&mut self, first: u32, line: &str, gone: &[usize]) {
        let own = self.stretches.iter_mut().skip(first as usize);
        let mut gone = gone.iter().peekable();
        let mut bytes = 0;
        for stretch in own {
            while let Some(at) = gone.next_if(|at| **at < stretch.text as usize) {
                bytes += line[*at..].chars().next().map_or(0, char::len_utf8);
            }
            stretch.text -= offset(bytes);
        }
    }

    /// The line that is being read is complete; it began with stretch `first`.
    pub fn line(&mut self, first: u32) {
        self.lines.push(if self.full { UNKNOWN } else { first });
    }

    /// The line that is being read comes to nothing.
    pub fn drop_line(&mut self, first: u32) {
        self.stretches.truncate(first as usize);
    }

    /// The stretch that comes next.
    pub fn next(&self) -> u32 {
        offset(self.stretches.len())
    }

    /// The stretch that holds byte `at` of a line.
    fn of_line(&self, index: usize, at: usize) -> Option<Stretch> {
        let first = *self.lines.get(index)? as usize;
        let end = match self.lines.get(index + 1) {
            Some(&UNKNOWN) | None => self.stretches.len(),
            Some(&next) => next as usize,
        };
        let own = self.stretches.get(first..end)?;
        let behind = own.partition_point(|s| s.text as usize <= at);
        own.get(behind.checked_sub(1)?).copied()
    }
}

/// An offset as it is kept; pages are far smaller than the limit.
pub fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(UNKNOWN)
}

/// How characters of a text are written in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    Plain,
    /// References, and white space that is folded.
    Folded {
        references: bool,
    },
    References,
}

/// Finds the place of characters in the decoded page. Asked in the order of a text, it reads
/// each stretch of the source once.
pub struct Locator<'a> {
    source: Source<'a>,
    origins: &'a Origins,
    /// The stretch that was read last, and how far.
    walk: Option<(Part, Stretch, Walk<'a>)>,
}

impl<'a> Locator<'a> {
    pub fn new(source: Source<'a>, origins: &'a Origins) -> Self {
        Locator {
            source,
            origins,
            walk: None,
        }
    }

    /// Byte offset in the decoded page of the character at byte `at` of `text`, which is the
    /// text of `part`; of the reference that stands for it where there is one. `None` where it
    /// cannot be told.
    pub fn locate(&mut self, part: Part, text: &str, at: usize) -> Option<u32> {
        let references = matches!(self.source, Source::Html(_));
        let body = match self.source {
            Source::Text { title, .. } if part == Part::Title => title,
            Source::Html(body) | Source::Text { text: body, .. } => body,
        };
        let folded = Writing::Folded { references };
        // `start` is where the stretch begins in `text`, `ahead` what its source has before that.
        let (stretch, writing, start, ahead) = match part {
            Part::Title => {
                let page = self.origins.title?;
                (Stretch { text: 0, page }, folded, 0, 0)
            }
            Part::Line(index) => {
                let stretch = self.origins.of_line(index, at)?;
                (stretch, folded, stretch.text as usize, 0)
            }
            Part::Attribute(index) => {
                let stretch = *self.origins.attributes.get(index)?;
                (stretch, Writing::References, 0, stretch.text as usize)
            }
            Part::Script(index) => {
                let page = *self.origins.scripts.get(index)?;
                (Stretch { text: 0, page }, Writing::Plain, 0, 0)
            }
        };
        if stretch.page == UNKNOWN {
            return None;
        }
        let known = self
            .walk
            .as_mut()
            .filter(|(of, from, walk)| *of == part && *from == stretch && walk.text <= at);
        let walk = match known {
            Some((_, _, walk)) => walk,
            None => {
                let mut walk = Walk {
                    body,
                    writing,
                    text: start,
                    page: stretch.page as usize,
                    spaced: text
                        .get(..start)?
                        .bytes()
                        .next_back()
                        .is_none_or(|b| b == b' '),
                };
                walk.skip(ahead)?;
                &mut self.walk.insert((part, stretch, walk)).2
            }
        };
        walk.to(text, at).map(offset)
    }
}

/// A position in a text and in its source, moved on together.
struct Walk<'a> {
    body: &'a str,
    writing: Writing,
    text: usize,
    page: usize,
    /// White space would add nothing here.
    spaced: bool,
}

impl Walk<'_> {
    /// Moves to byte `at` of the text; the position in the source, if the same character is there.
    fn to(&mut self, text: &str, at: usize) -> Option<usize> {
        let want = text.get(at..)?.chars().next()?;
        let same = text.get(self.text..at)?;
        let there = self.body.get(self.page..self.page + same.len());
        if there == Some(same) && memchr::memchr(b'&', same.as_bytes()).is_none() {
            self.page += same.len();
            self.text = at;
            if let Some(last) = same.bytes().next_back() {
                self.spaced = last == b' ';
            }
        }
        let mut out = String::new();
        loop {
            let (next, spaced) = self.read(&mut out)?;
            // What nobody sees is left out of texts, but for some.
            // Where text and source part ways, the place may be inside of a character.
            let here = |rest: &str| rest.starts_with(out.as_str());
            let left_out = out.starts_with(is_veil) && !text.get(self.text..).is_some_and(here);
            if left_out && matches!(self.writing, Writing::Folded { .. }) {
                self.page = next;
                continue;
            }
            if self.text == at && !out.is_empty() {
                return out.starts_with(want).then_some(self.page);
            }
            self.text += out.len();
            (self.page, self.spaced) = (next, spaced);
            if self.text > at {
                return None;
            }
        }
    }

    /// Moves over `bytes` bytes of text that was not kept.
    fn skip(&mut self, bytes: usize) -> Option<()> {
        let mut out = String::new();
        let mut gone = 0;
        while gone < bytes {
            (self.page, self.spaced) = self.read(&mut out)?;
            gone += out.len();
        }
        Some(())
    }

    /// What the source gives next, into `out`; where it goes on.
    fn read(&self, out: &mut String) -> Option<(usize, bool)> {
        out.clear();
        let rest = self.body.get(self.page..)?;
        let (references, folds) = match self.writing {
            Writing::Plain => (false, false),
            Writing::Folded { references } => (references, true),
            Writing::References => (true, false),
        };
        let used = match references {
            true => markup::character(rest, out)?,
            false => {
                let c = rest.chars().next()?;
                out.push(c);
                c.len_utf8()
            }
        };
        let space = folds && out.chars().all(char::is_whitespace);
        if space {
            out.clear();
            if !self.spaced {
                out.push(' ');
            }
        }
        Some((self.page + used, space))
    }
}
