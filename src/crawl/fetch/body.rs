//! The body of an answer: read, unpacked, and bounded on the way.

use reqwest::Response;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Fetcher, coding};
use crate::crawl::progress::Failure;

/// Bytes of a body for which there is room before they come.
const LIKELY_BODY: usize = 64 << 10;

impl Fetcher {
    /// Reads a body up to the limit; says whether it was cut. What came before a fault is kept.
    pub(super) async fn body(
        &self,
        response: Response,
        limit: usize,
        deadline: Instant,
    ) -> Result<(Vec<u8>, bool), Failure> {
        let codings = coding::left(response.headers())?;
        let (bytes, cut) = self.read(response, limit, deadline).await?;
        if codings.is_empty() {
            return Ok((bytes, cut));
        }
        let unpacked = tokio::task::spawn_blocking(move || coding::unpack(bytes, &codings, limit));
        match unpacked.await {
            Ok((bytes, damaged)) if !(damaged && bytes.is_empty()) => Ok((bytes, cut || damaged)),
            // Unpacking does not panic; if it did, there is no page.
            _ => Err(Failure::Broken),
        }
    }

    async fn read(
        &self,
        mut response: Response,
        limit: usize,
        deadline: Instant,
    ) -> Result<(Vec<u8>, bool), Failure> {
        // What it says of its length is believed up to here.
        let expected = response.content_length().unwrap_or_default();
        let expected = usize::try_from(expected).unwrap_or(limit);
        let mut bytes = Vec::with_capacity(expected.min(limit).min(LIKELY_BODY));
        loop {
            let read = timeout(self.options.read_timeout, response.chunk());
            let fault = match timeout_at(deadline, read).await {
                Ok(Ok(Ok(Some(chunk)))) => {
                    let room = limit - bytes.len();
                    bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        return Ok((bytes, true));
                    }
                    continue;
                }
                Ok(Ok(Ok(None))) => return Ok((bytes, false)),
                Ok(Ok(Err(error))) => self.failure(&error),
                Ok(Err(_)) | Err(_) => Failure::Timeout,
            };
            return if bytes.is_empty() {
                Err(fault)
            } else {
                Ok((bytes, true))
            };
        }
    }
}
