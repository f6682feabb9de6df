use super::*;
use crate::extract::brand::{self, tests::page};

/// A page with numbers noted and roles assigned.
fn assigned(text: &str) -> Document {
    let mut document = page(None, text);
    let brands = brand::mine(&document);
    assign(&mut document, &brands);
    document
}

fn articles(document: &Document) -> Vec<&str> {
    let lines = document.lines.iter().filter(|l| l.role == Role::Article);
    lines.map(|l| l.text.as_str()).collect()
}

fn skeleton(document: &Document) -> Vec<Role> {
    let mut roles: Vec<Role> = document.lines.iter().map(|l| l.role).collect();
    roles.dedup();
    roles
}

#[test]
fn the_article_of_the_real_pages_is_found_exactly() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/seeds");
    let Ok(mut files) = std::fs::read_dir(dir).map(|d| d.flatten().collect::<Vec<_>>()) else {
        eprintln!("skipped: {dir} is absent");
        return;
    };
    files.sort_by_key(|f| f.path());
    let mut skeletons = Vec::new();
    for file in files {
        let document = assigned(&std::fs::read_to_string(file.path()).unwrap());
        let zone = articles(&document);
        assert!(zone[0].starts_with("“我以为自己捡到大便宜"), "{}", zone[0]);
        assert!(
            zone[zone.len() - 1].starts_with("稿件来源"),
            "{}",
            zone[zone.len() - 1]
        );
        let first = document
            .lines
            .iter()
            .position(|l| l.role == Role::Article)
            .unwrap();
        assert!(
            document.lines[first..first + zone.len()]
                .iter()
                .all(|l| l.role == Role::Article)
        );
        assert_eq!(zone.len(), 17);
        skeletons.push(skeleton(&document));
    }
    assert_eq!(skeletons[0], skeletons[2]);
}
