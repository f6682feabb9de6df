//! How long to leave a server alone: settings, back-off and `Retry-After`. Pure.

use std::time::Duration;

/// Microseconds since the start of the run: the frontier's clock.
pub type Micros = u64;

/// Converts, saturating.
pub fn micros(duration: Duration) -> Micros {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Settings that hold for every server.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Between the end of one request and the start of the next to the same host, registrable
    /// domain or IP address. With zero, up to `connections` requests run at once.
    pub delay: Duration,
    /// Requests at once to one host where there is no delay.
    pub connections: u16,
    /// A longer `Crawl-delay` counts as this.
    pub max_crawl_delay: Duration,
    /// A longer `Retry-After` counts as this.
    pub max_retry_after: Duration,
    /// First pause after a failure or refusal; doubles with each in a row.
    pub backoff: Duration,
    /// Pauses grow no longer than this.
    pub max_backoff: Duration,
    /// A URL is tried this often again after a failure that may pass.
    pub retries: u8,
    /// Failures in a row after which a host is given up.
    pub max_failures: u8,
    /// Refusals (429, 503) in a row after which a host is given up.
    pub max_refusals: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            delay: Duration::from_secs(1),
            connections: 6,
            max_crawl_delay: Duration::from_secs(30),
            max_retry_after: Duration::from_secs(24 * 3600),
            backoff: Duration::from_secs(2),
            max_backoff: Duration::from_secs(300),
            retries: 2,
            max_failures: 6,
            max_refusals: 6,
        }
    }
}

impl Settings {
    /// Pause after the `n`th failure in a row (from 1): doubles, up to the limit.
    pub fn backoff_after(&self, n: u8) -> Duration {
        let doublings = u32::from(n.saturating_sub(1).min(20));
        self.backoff
            .saturating_mul(1 << doublings)
            .min(self.max_backoff)
            .max(self.delay)
    }

    /// Pause after the `n`th refusal in a row, where the server may have said how long.
    pub fn pause_after_refusal(&self, n: u8, retry_after: Option<Duration>) -> Duration {
        match retry_after {
            Some(asked) => asked.min(self.max_retry_after).max(self.delay),
            None => self.backoff_after(n),
        }
    }

    /// Pause between requests to a host that asked for this `Crawl-delay`.
    pub fn between(&self, crawl_delay: Option<Duration>) -> Duration {
        let asked = crawl_delay.unwrap_or_default().min(self.max_crawl_delay);
        self.delay.max(asked)
    }
}

/// Reads a `Retry-After` value (RFC 9110 §10.2.3): seconds, or a date seen from `now` (Unix
/// seconds).
pub fn retry_after(value: &str, now: i64) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit are a very long time.
        return Some(Duration::from_secs(
            value.parse().unwrap_or(u32::MAX.into()),
        ));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?;
    let seconds = date.timestamp().as_second().saturating_sub(now).max(0);
    Some(Duration::from_secs(seconds.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_their_limit() {
        let settings = Settings::default();
        let seconds = |n| settings.backoff_after(n).as_secs();
        assert_eq!([1, 2, 3, 4].map(seconds), [2, 4, 8, 16]);
        assert_eq!(seconds(255), 300);
        let slow = Settings {
            delay: Duration::from_secs(10),
            ..Settings::default()
        };
        assert_eq!(slow.backoff_after(1).as_secs(), 10);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let seconds = |v: &str| retry_after(v, 784_111_777).map(|d| d.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:47 GMT"), Some(10));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(
            seconds("99999999999999999999999"),
            Some(u64::from(u32::MAX))
        );
        for bad in ["", "soon", "-1", "1.5"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_site_may_ask_for_more_but_not_for_everything() {
        let settings = Settings::default();
        let between = |s| settings.between(Some(Duration::from_secs(s))).as_secs();
        assert_eq!([0, 5, 86_400].map(between), [1, 5, 30]);
    }
}
