//! One line on a terminal that says how far long work has come; plain lines now and then where
//! standard error is no terminal; nothing with `--quiet`.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use partyline::config::Config;

/// The line, refreshed a few times a second at most.
pub struct Line {
    bar: Option<ProgressBar>,
    quiet: bool,
    next: Instant,
}

/// On a terminal, and in plain lines.
const EVERY: Duration = Duration::from_millis(150);
const PLAIN_EVERY: Duration = Duration::from_secs(10);

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
        let first = match &bar {
            Some(_) => Duration::ZERO,
            None => PLAIN_EVERY,
        };
        Line {
            bar,
            quiet: config.quiet,
            next: Instant::now() + first,
        }
    }

    /// Shows a message, if it is time for one.
    pub fn show(&mut self, message: impl FnOnce() -> String) {
        let now = Instant::now();
        if self.quiet || now < self.next {
            return;
        }
        let text = message();
        let text = partyline::text::visible(&text);
        match &self.bar {
            Some(bar) => {
                self.next = now + EVERY;
                bar.set_message(text.into_owned());
                bar.tick();
            }
            None => {
                self.next = now + PLAIN_EVERY;
                eprintln!("partyline: {text}");
            }
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
