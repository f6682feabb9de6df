use super::*;
use crate::extract::document::Link;
use crate::page::Origin;
use crate::pipeline;
use crate::site::CanonicalUrl;

fn scoped(scope: Scope, max_depth: u16) -> Scoped {
    let settings = Settings {
        scope,
        max_depth,
        this_year: 2026,
    };
    let seeds = [crate::crawl::seeds::seed("seed.cn").unwrap()];
    Scoped::new(settings, &seeds, Arc::new(Lists::default()))
}

fn page(url: &str, status: u16, head: &str) -> Page {
    Page {
        url: url.into(),
        canonical: CanonicalUrl::parse(url).unwrap(),
        fetched_at: 0,
        status,
        origin: Origin::Crawl,
        body: Body::Html {
            content_type: None,
            bytes: Vec::new(),
        },
        head: Some(head.as_bytes().to_vec()),
        truncated: false,
        connection: Default::default(),
        variants: Vec::new(),
    }
}

fn task(url: &str, depth: u16) -> Queued {
    Queued {
        seq: 0,
        lane: 0,
        url: url.into(),
        depth,
        redirects: 0,
    }
}

fn select(scoped: &Scoped, url: &str, score: f32, depth: u16, links: &[&str]) -> Vec<String> {
    let page = page(url, 200, "HTTP/1.1 200 OK\r\n\r\n");
    let mut outcome = pipeline::process(&page, &Lists::default());
    outcome.record.hotline.score = score;
    outcome.links = links
        .iter()
        .map(|link| Link {
            url: link.parse().unwrap(),
            kind: LinkKind::Anchor,
            line: None,
            own: false,
        })
        .collect();
    let found = scoped.select(&page, &outcome, &task(url, depth));
    found.into_iter().map(|c| c.url).collect()
}

#[test]
fn each_scope_goes_as_far_as_it_says() {
    let links = [
        "http://m.seed.cn/a",
        "http://other.cn/",
        "http://seed.cn/x.jpg",
    ];
    let from_seed = |scope, score| select(&scoped(scope, 9), "http://seed.cn/", score, 0, &links);
    assert_eq!(from_seed(Scope::Site, 1.0), ["http://m.seed.cn/a"]);
    assert_eq!(from_seed(Scope::Hotline, 0.0), ["http://m.seed.cn/a"]);
    assert_eq!(from_seed(Scope::Hotline, 0.9), &links[..2]);
    assert_eq!(from_seed(Scope::Any, 0.0), &links[..2]);
    let from_other = |score| {
        let links = ["http://other.cn/b", "http://third.cn/"];
        select(
            &scoped(Scope::Hotline, 9),
            "http://other.cn/",
            score,
            1,
            &links,
        )
    };
    assert!(from_other(0.1).is_empty());
    assert_eq!(from_other(0.4), ["http://other.cn/b"]);
    assert_eq!(from_other(0.5).len(), 2);
}

#[test]
fn tenants_of_one_host_are_sites_of_their_own() {
    let rules = "shared.cn\tpath\n";
    let path = std::path::Path::new("rules");
    let lists = Lists {
        shared_hosts: crate::lists::SharedHosts::parse(rules, path).unwrap(),
        ..Lists::default()
    };
    let settings = Settings {
        scope: Scope::Site,
        max_depth: 9,
        this_year: 2026,
    };
    let scoped = Scoped::new(settings, &[], Arc::new(lists));
    let page = page("http://shared.cn/one/a", 200, "HTTP/1.1 200 OK\r\n\r\n");
    let mut outcome = pipeline::process(&page, &scoped.lists);
    outcome.links = ["http://shared.cn/one/b", "http://shared.cn/two/c"]
        .map(|url| Link {
            url: url.parse().unwrap(),
            kind: LinkKind::Anchor,
            line: None,
            own: false,
        })
        .to_vec();
    let found = scoped.select(&page, &outcome, &task(&page.url, 0));
    let urls: Vec<_> = found.iter().map(|c| c.url.as_str()).collect();
    assert_eq!(urls, ["http://shared.cn/one/b"]);
}

#[test]
fn depth_is_counted_and_repeats_are_not() {
    let links = [
        "http://seed.cn/a",
        "http://seed.cn/a#x",
        "https://seed.cn/a",
    ];
    let get = |depth| {
        select(
            &scoped(Scope::Site, 2),
            "http://seed.cn/",
            0.0,
            depth,
            &links,
        )
    };
    assert_eq!(get(1), ["http://seed.cn/a"]);
    assert!(get(2).is_empty());
}

#[test]
fn scripts_that_send_the_visitor_on_are_followed() {
    let scoped = scoped(Scope::Site, 9);
    let follow = |filler: usize| {
        let mut page = page("http://seed.cn/", 200, "HTTP/1.1 200 OK\r\n\r\n");
        let script = "<script>top.location.href='http://moved.cn/'</script>";
        page.body = Body::Html {
            content_type: None,
            bytes: format!("{script}{}", "<p>words".repeat(filler)).into(),
        };
        let outcome = pipeline::process(&page, &Lists::default());
        scoped.select(&page, &outcome, &task("http://seed.cn/", 0))
    };
    let found = follow(1);
    assert_eq!(
        (found[0].url.as_str(), found[0].redirects),
        ("http://moved.cn/", 1)
    );
    assert!(
        follow(1_000).is_empty(),
        "a link to another site, and no redirect"
    );
}

#[test]
fn redirects_are_followed_but_not_forever() {
    let scoped = scoped(Scope::Site, 0);
    let head = "HTTP/1.1 302 Found\r\nlocation: //moved.cn/维修\r\n\r\n";
    let page = page("http://seed.cn/", 302, head);
    let outcome = pipeline::process(&page, &Lists::default());
    let mut task = task("http://seed.cn/", 0);
    let found = scoped.select(&page, &outcome, &task);
    assert_eq!(found[0].url, "http://moved.cn/%E7%BB%B4%E4%BF%AE");
    assert_eq!((found[0].depth, found[0].redirects), (0, 1));
    task.redirects = MAX_REDIRECTS;
    assert!(scoped.select(&page, &outcome, &task).is_empty());
    task.redirects = 0;
    task.depth = 1;
    assert!(
        scoped.select(&page, &outcome, &task).is_empty(),
        "another site, and no seed"
    );
}
