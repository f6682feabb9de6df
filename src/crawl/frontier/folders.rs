//! Hosts that answer any path below one of their folders, and are honest beside it: a folder that
//! brought many pages is asked for a path that nobody links to, as the host was before it. Few
//! bytes a host, and few requests; not remembered over a restart.

use xxhash_rust::xxh3::xxh3_64;

use super::learn::{ANY_PATH_PAGES, Look};
use super::path_of;

/// Folders of a host that are told apart: those with the most pages, by and large.
const MOST: usize = 4;
/// Pages of a folder before it is asked.
const PROBE_AFTER: u16 = 32;
/// Folders of a host that are asked in a run.
const MAX_PROBES: u8 = 4;
/// A longer name is no folder's.
const MAX_NAME: usize = 200;

/// What is known of the first folders in a host's paths.
#[derive(Debug, Default)]
pub(super) struct Folders {
    known: Vec<Folder>,
    probes: u8,
    due: Option<Box<Due>>,
}

#[derive(Debug, Default)]
struct Folder {
    /// Hash of its name.
    name: u32,
    heard: u16,
    asked: u16,
    probed: bool,
    any_path: bool,
}

/// A folder that is to be asked, or is being asked.
#[derive(Debug)]
struct Due {
    folder: Box<str>,
    /// How its last page looked.
    look: Look,
    asked: bool,
}

impl Folders {
    /// A page of this folder was heard of.
    pub fn heard(&mut self, folder: &str, look: Option<Look>) {
        let Some(place) = self.place_of(hash_of(folder)) else {
            return;
        };
        let known = &mut self.known[place];
        known.heard = known.heard.saturating_add(1);
        let due = known.heard >= PROBE_AFTER && !known.probed;
        if due
            && self.due.is_none()
            && self.probes < MAX_PROBES
            && let Some(look) = look
        {
            known.probed = true;
            self.probes += 1;
            self.due = Some(Box::new(Due {
                folder: folder.into(),
                look,
                asked: false,
            }));
        }
    }

    /// Where a folder is counted; one with fewer pages makes room for it.
    fn place_of(&mut self, name: u32) -> Option<usize> {
        if let Some(place) = self.known.iter().position(|f| f.name == name) {
            return Some(place);
        }
        let new = Folder {
            name,
            ..Folder::default()
        };
        if self.known.len() < MOST {
            self.known.push(new);
            return Some(self.known.len() - 1);
        }
        let others = self.known.iter().enumerate().filter(|(_, f)| !f.any_path);
        let (place, _) = others.min_by_key(|(_, f)| f.heard)?;
        self.known[place] = new;
        Some(place)
    }

    /// A page of this address is to be asked for: has its folder had enough?
    pub fn spent(&mut self, url: &str) -> bool {
        let Some(name) = of(url).map(hash_of) else {
            return false;
        };
        let Some(known) = self.known.iter_mut().find(|f| f.name == name) else {
            return false;
        };
        if known.any_path && u32::from(known.asked) >= ANY_PATH_PAGES {
            return true;
        }
        known.asked = known.asked.saturating_add(1);
        false
    }

    /// The folder to be asked now, which counts as asked from here on.
    pub fn take_due(&mut self) -> Option<&str> {
        // The host is asked for nothing while a question is under way: that one was not allowed.
        self.due.take_if(|due| due.asked);
        let due = self.due.as_mut()?;
        due.asked = true;
        Some(&due.folder)
    }

    /// Takes the answer, where it was a folder that was asked.
    pub fn probed(&mut self, look: Option<Look>) -> bool {
        let Some(due) = self.due.take_if(|due| due.asked) else {
            return false;
        };
        let name = hash_of(&due.folder);
        let any = look.is_some_and(|look| due.look.alike(look));
        if let Some(known) = self.known.iter_mut().find(|f| f.name == name) {
            known.any_path = any;
        }
        true
    }
}

/// `/news` of `http://a.test/news/1.html`; none of pages that stand beside the folders.
pub(super) fn of(url: &str) -> Option<&str> {
    let path = path_of(url);
    let path = &path[..path.find('?').unwrap_or(path.len())];
    let end = path.strip_prefix('/')?.find('/')? + 1;
    (2..=MAX_NAME).contains(&end).then(|| &path[..end])
}

fn hash_of(folder: &str) -> u32 {
    xxh3_64(folder.as_bytes()) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look {
        skeleton: 0xff,
        dom: 0xff,
    };
    const OTHER: Look = Look {
        skeleton: !0xff,
        dom: 0xff,
    };

    fn hear(folders: &mut Folders, folder: &str, pages: u16) {
        for _ in 0..pages {
            folders.heard(&format!("/{folder}"), Some(LOOK));
        }
    }

    #[test]
    fn the_first_folder_of_an_address() {
        for (url, folder) in [
            ("http://a.test/news/1.html", Some("/news")),
            ("http://a.test/news/2024/1.html", Some("/news")),
            ("http://a.test/news/?p=/x/", Some("/news")),
            ("http://a.test/news", None),
            ("http://a.test/?p=/x/y", None),
            ("http://a.test//x/y", None),
            ("http://a.test", None),
        ] {
            assert_eq!(of(url), folder, "{url}");
        }
    }

    #[test]
    fn a_folder_with_a_page_for_any_path_has_a_budget() {
        let mut folders = Folders::default();
        hear(&mut folders, "x", PROBE_AFTER - 1);
        assert_eq!(folders.take_due(), None);
        hear(&mut folders, "x", 1);
        assert_eq!(folders.take_due(), Some("/x"));
        assert!(folders.probed(Some(LOOK)) && !folders.probed(Some(LOOK)));
        let asked = (0..1_000).filter(|n| !folders.spent(&format!("http://a.test/x/{n}")));
        assert_eq!(asked.count(), ANY_PATH_PAGES as usize);
        assert!(!folders.spent("http://a.test/y/1") && !folders.spent("http://a.test/1"));
        // Its pages go on to be heard of, and it is not asked again.
        hear(&mut folders, "x", 100);
        assert_eq!(folders.take_due(), None);
    }

    #[test]
    fn honest_folders_have_none_and_questions_are_few() {
        let mut folders = Folders::default();
        let mut asked = 0;
        for folder in 0..50 {
            hear(&mut folders, &format!("f{folder}"), PROBE_AFTER);
            if folders.take_due().is_some() {
                asked += 1;
                assert!(folders.probed([None, Some(OTHER)][folder % 2]));
            }
            assert!((0..300).all(|_| !folders.spent(&format!("http://a.test/f{folder}/1"))));
        }
        assert_eq!(asked, usize::from(MAX_PROBES));
        assert!(folders.known.len() <= MOST);
    }

    #[test]
    fn a_question_that_was_not_allowed_is_dropped() {
        let mut folders = Folders::default();
        hear(&mut folders, "x", PROBE_AFTER);
        hear(&mut folders, "y", PROBE_AFTER);
        assert_eq!(folders.take_due(), Some("/x"));
        assert_eq!(folders.take_due(), None);
        hear(&mut folders, "y", 1);
        assert_eq!(folders.take_due(), Some("/y"));
    }
}
