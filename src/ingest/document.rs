//! HTML and text files: one page each.

use std::io::{self, BufRead, Read};

use super::{Item, MAX_PAGE, Origin, file_url};
use crate::extract::charset;
use crate::page::{self, Body, Page};
use crate::site::CanonicalUrl;

/// The page in an HTML file; its encoding is found when it is decoded.
pub fn html(reader: impl BufRead, origin: &Origin) -> Item {
    page(reader, origin, |bytes| Body::Html {
        content_type: None,
        bytes,
    })
}

/// The page in a text file of any encoding.
pub fn text(reader: impl BufRead, origin: &Origin) -> Item {
    page(reader, origin, |bytes| Body::Text {
        title: None,
        text: charset::decode(&bytes, None).text.into_owned(),
    })
}

fn page(reader: impl BufRead, origin: &Origin, body: impl FnOnce(Vec<u8>) -> Body) -> Item {
    let name = origin.path.display();
    let (bytes, truncated) = match bytes(reader) {
        Ok(read) => read,
        Err(e) => return Item::bad(name, format!("cannot be read: {e}")),
    };
    let address = file_url(&origin.path)
        .and_then(|url| CanonicalUrl::parse(&url).map(|canonical| (url, canonical)));
    let Some((url, canonical)) = address else {
        return Item::bad(name, "its path cannot be written as a URL");
    };
    Item::Page(Box::new(Page {
        url,
        canonical,
        fetched_at: origin.changed,
        status: 200,
        origin: page::Origin::File,
        body: body(bytes),
        head: None,
        truncated,
        connection: Default::default(),
        variants: Vec::new(),
    }))
}

/// The content up to [`MAX_PAGE`], and whether there was more. A compressed file that is damaged
/// gives what stands before the damage.
fn bytes(mut reader: impl BufRead) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let read = reader
        .by_ref()
        .take(MAX_PAGE as u64)
        .read_to_end(&mut bytes);
    match read {
        Ok(_) => {
            let more = bytes.len() == MAX_PAGE && !reader.fill_buf()?.is_empty();
            Ok((bytes, more))
        }
        Err(_) if !bytes.is_empty() => Ok((bytes, true)),
        Err(e) => Err(e),
    }
}
