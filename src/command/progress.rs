//! One line on a terminal that says how far long work has come. Nothing where standard error is
//! no terminal, and nothing with `--quiet`.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use partyline::config::Config;

/// The line, refreshed a few times a second at most.
pub struct Line {
    bar: Option<ProgressBar>,
    next: Instant,
}

const EVERY: Duration = Duration::from_millis(150);

impl Line {
    pub fn start(config: &Config) -> Self {
        let bar = config.bars.then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) =
                ProgressStyle::with_template("{spinner} {elapsed_precise} {wide_msg}")
            {
                bar.set_style(style);
            }
            bar
        });
        Line {
            bar,
            next: Instant::now(),
        }
    }

    /// Shows a message, if it is time for one.
    pub fn show(&mut self, message: impl FnOnce() -> String) {
        let Some(bar) = &self.bar else { return };
        let now = Instant::now();
        if now >= self.next {
            self.next = now + EVERY;
            bar.set_message(partyline::text::visible(&message()).into_owned());
            bar.tick();
        }
    }

    /// Prints something above the line.
    pub fn above(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Takes the line off the screen.
    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
