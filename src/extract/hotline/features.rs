//! What is measured on a page, and what each measure weighs.

use crate::extract::brand::Brand;
use crate::extract::document::Document;
use crate::extract::fold::simple;
use crate::extract::number::{Kind, NumberFact, Place};
use crate::extract::role::Role;
use crate::extract::vocabulary::{self, CLASSES, Words};

type Counts = [u32; CLASSES.len()];

/// Index of the class `press` in [`CLASSES`].
const PRESS: usize = 12;

fn add(words: &Words, counts: &mut Counts) {
    for (count, sign) in counts.iter_mut().zip(words.signs) {
        *count = count.saturating_add(u32::from(sign));
    }
}

fn class(name: &str, counts: &Counts) -> f32 {
    CLASSES
        .iter()
        .position(|c| *c == name)
        .map_or(0.0, |i| counts[i] as f32)
}

/// One feature's share in the judgement.
pub struct Part {
    /// Log-odds.
    pub bits: f32,
    pub why: String,
}

/// Measures of one page.
#[derive(Debug, Default)]
pub struct Features {
    brands: usize,
    /// Numbers that can be a hotline, and the count of the most frequent; of several a 400 number's.
    numbers: usize,
    top_number: String,
    top_count: u32,
    /// It is a 400 or 800 number.
    toll: bool,
    title_number: bool,
    title_claim: bool,
    /// The title has the words of a hotline, whatever it is for.
    title_offer: bool,
    /// Lines with a brand and a number; with a brand and the words of a hotline.
    glued: u32,
    brand_lines: u32,
    regions: u32,
    slogans: u32,
    /// Bytes of article, and of everything that is neither article, region nor menu.
    article: usize,
    template: usize,
    /// Signs outside of articles, and inside.
    outside: Counts,
    inside: Counts,
    /// Signs outside of articles, promises and claims: there a hotline's bank of sentences speaks,
    /// of overcharging and complaints too.
    sober: Counts,
    /// What the press says in such lines that speak of no service.
    elsewhere: u32,
    /// The title alone.
    title: Counts,
}

impl Features {
    pub fn collect(document: &Document, numbers: &[NumberFact], brands: &[Brand]) -> Self {
        let mut f = Features {
            brands: brands.len(),
            title_number: !document.title_numbers.is_empty(),
            ..Features::default()
        };
        f.see_numbers(numbers);
        f.see_title(document);
        for line in &document.lines {
            match line.role {
                Role::Article => {
                    f.article += line.text.len();
                    continue;
                }
                Role::Region => {
                    f.regions += 1;
                    continue;
                }
                Role::Brand(numbers) => {
                    f.glued += u32::from(numbers > 0);
                    f.brand_lines += u32::from(line.text.len() < 240 && line.words.offers());
                }
                Role::Slogan => f.slogans += 1,
                _ => {}
            }
            f.template += line.text.len();
            add(&line.words, &mut f.outside);
            if !matches!(line.role, Role::Slogan | Role::Brand(_)) {
                add(&line.words, &mut f.sober);
                if !line.words.speaks_of_service() {
                    f.elsewhere += u32::from(line.words.signs[PRESS]);
                }
            }
        }
        // What a stolen sentence or article speaks of says nothing about the page that stole it.
        if f.sells() && f.title_offer {
            f.sober[PRESS] -= f.elsewhere;
        }
        if !f.sells() {
            for line in document.lines.iter().filter(|l| l.role == Role::Article) {
                add(&line.words, &mut f.inside);
            }
        }
        f
    }

    /// The title; on pages that have none, as text out of archives, the line that stands for it.
    fn see_title(&mut self, document: &Document) {
        /// Lines above it at most: where the reader is, a date.
        const ABOVE: usize = 2;
        if document.title.is_empty() {
            let mut first = document.lines.iter().take(ABOVE + 1);
            let Some(line) = first.find(|l| l.words.offers()) else {
                return;
            };
            self.title_offer = true;
            self.title_claim = matches!(line.role, Role::Brand(_));
            // Its other words count among those of the lines.
            add(&line.words, &mut self.title);
            return;
        }
        let title = vocabulary::count(&simple(&document.title));
        self.title_offer = title.offers();
        self.title_claim = title.offers() && document.title_claims;
        for counts in [&mut self.title, &mut self.outside, &mut self.sober] {
            add(&title, counts);
        }
    }

    /// Offers service under a brand in several lines, or beside a number, or in its title and
    /// again where a generator's lists and promises stand.
    fn sells(&self) -> bool {
        let generated = self.regions >= 1 || (self.title_claim && self.slogans >= 3);
        self.glued > 0 || self.brand_lines >= 3 || (self.brand_lines >= 1 && generated)
    }

    fn see_numbers(&mut self, numbers: &[NumberFact]) {
        let hotline = numbers.iter().filter(|n| {
            matches!(
                n.kind,
                Kind::Shared400 | Kind::Free800 | Kind::Landline | Kind::Mobile
            )
        });
        for number in hotline {
            self.numbers += 1;
            let toll = matches!(number.kind, Kind::Shared400 | Kind::Free800);
            if (number.count, toll) > (self.top_count, self.toll) {
                self.top_count = number.count;
                self.top_number.clone_from(&number.number);
                self.toll = toll;
                self.title_number |= number.places.contains(&Place::Title);
            }
        }
    }

    /// All features with their weights.
    pub fn weighed(&self) -> Vec<Part> {
        let mut parts = self.by_number();
        parts.extend(self.by_wording());
        parts.extend(self.against_it());
        parts.retain(|p| p.bits != 0.0);
        parts
    }

    /// What the main number says.
    fn by_number(&self) -> Vec<Part> {
        let repeated = self.top_count.saturating_sub(1) as f32;
        vec![
            part(1.0, flag(self.title_number), "a number stands in the title"),
            part(
                1.4,
                flag(self.title_claim && self.title_number),
                "the title joins a brand to a number",
            ),
            part(
                1.3,
                up_to(repeated, 4.0),
                format!("{} occurs {} times", self.top_number, self.top_count),
            ),
            part(
                0.8,
                flag(self.toll),
                "the main number is a 400 or 800 number",
            ),
            part(
                2.0,
                up_to(self.glued as f32, 2.0),
                format!("{} lines join a brand to a number", self.glued),
            ),
        ]
    }

    /// What the wording and the make-up of the page say.
    fn by_wording(&self) -> Vec<Part> {
        let out = |name| class(name, &self.outside);
        let number = if self.numbers > 0 { 1.0 } else { 0.4 };
        vec![
            part(
                1.6 * number,
                up_to(self.brand_lines as f32, 4.0),
                format!("{} lines offer service under a brand", self.brand_lines),
            ),
            part(
                2.5 * number,
                flag(self.title_claim),
                "the title offers a hotline under a brand",
            ),
            part(
                1.2,
                flag(self.toll && self.title_offer && self.brands == 0)
                    * up_to(self.top_count as f32 - 1.0, 2.0),
                "the title offers a hotline of no brand for the number",
            ),
            part(
                1.3,
                up_to(out("nation"), 5.0),
                "claims to be nation-wide, head office or round the clock",
            ),
            part(1.2, up_to(out("call"), 2.0), "invites to click or call"),
            part(
                1.0,
                up_to(class("decor", &self.title), 1.0),
                "the title carries a generator's decorations",
            ),
            part(
                1.8,
                up_to(self.regions as f32, 3.0),
                format!("{} lines are lists of regions", self.regions),
            ),
            part(
                3.0,
                up_to(self.regions as f32 - 2.0, 4.0) * up_to(self.top_count as f32 - 2.0, 3.0),
                "lists of regions stand around one repeated number",
            ),
            part(
                0.5,
                up_to(self.slogans as f32, 4.0),
                format!("{} lines are promises", self.slogans),
            ),
            part(
                1.0,
                flag(self.article > 0 && self.brand_lines >= 2),
                "an article that has nothing to do with the brand is appended",
            ),
            part(
                0.4,
                flag(self.brands >= 2 && self.numbers == 1),
                "several brands share one number",
            ),
        ]
    }

    fn against_it(&self) -> Vec<Part> {
        let out = |name| class(name, &self.outside);
        let sober = |name| class(name, &self.sober);
        let both = |name| sober(name) + class(name, &self.inside);
        let warnings = both("warn") + both("press");
        let forum = out("forum") + class("forum", &self.inside);
        // Neither a maker's site nor a newspaper nor a workshop prints banks of regions.
        let plain = 1.0 - up_to(self.regions as f32 - 2.0, 5.0);
        // Who poses as a maker's workshop for watches has an address, too.
        let again = self.brand_lines >= 2 || self.glued >= 1 || self.regions >= 2;
        let offers =
            (self.title_claim && (self.toll || again)) || (self.toll && self.brand_lines >= 4);
        // Directories list more, and pose as no one brand's desk.
        let (few, many) = if offers { (4, 6.0) } else { (2, 4.0) };
        let mostly_article = self.article > self.template && !self.sells();
        vec![
            part(
                -3.0,
                up_to(warnings, 3.0) * (0.4 + 0.6 * plain),
                "reports or warns of such hotlines",
            ),
            part(-1.5, flag(mostly_article), "the page is an article"),
            part(
                -3.0,
                up_to(self.numbers.saturating_sub(few) as f32, many),
                format!("lists {} numbers", self.numbers),
            ),
            part(
                if offers { -0.8 } else { -2.4 },
                up_to(out("firm"), 3.0) * (0.4 + 0.6 * plain),
                "names a company of its own and its address",
            ),
            part(
                -0.8,
                flag(self.numbers > 0 && !self.toll),
                "the main number is a landline or mobile number",
            ),
            part(
                -0.8,
                up_to(out("local"), 2.0) * (1.0 - up_to(self.regions as f32, 2.0)),
                "serves one town",
            ),
            part(-0.6, up_to(out("price"), 3.0), "publishes prices"),
            part(
                -3.0,
                up_to(sober("official") - 1.0, 3.0) * plain,
                "has the sections of a maker's own site",
            ),
            part(-1.2, up_to(forum - 1.0, 4.0), "readers talk to each other"),
            part(
                -1.5,
                flag(class("forum", &self.title) > 0.0),
                "the title is that of a discussion",
            ),
            part(
                -2.5,
                up_to(out("advice") - 1.0, 4.0) * plain,
                "explains and advises, as an article does",
            ),
            part(
                -2.0,
                flag(class("advice", &self.title) > 0.0),
                "the title is that of an article",
            ),
            part(
                -2.5,
                up_to(sober("law") + class("law", &self.inside), 4.0),
                "quotes warranty law, a contract or a patent",
            ),
            part(-1.2, up_to(sober("list"), 2.0), "is a directory"),
            part(-1.5, flag(self.numbers == 0), "no telephone number"),
            part(-1.0, flag(self.brands == 0), "no brand is claimed"),
        ]
    }
}

fn part(weight: f32, value: f32, why: impl Into<String>) -> Part {
    Part {
        bits: weight * value,
        why: why.into(),
    }
}

fn flag(is: bool) -> f32 {
    f32::from(u8::from(is))
}

/// `value / full`, within 0..1.
fn up_to(value: f32, full: f32) -> f32 {
    (value / full).clamp(0.0, 1.0)
}
