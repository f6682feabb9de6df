//! Accounts at analytics and chat services, read from scripts and the addresses that a page
//! loads, and site verifications from its metas.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{Identifiers, MAX_ID};

/// A service: its name, a word that must be there, and the pattern whose first group is the id
/// (a second group belongs to the id).
struct Service {
    kind: &'static str,
    word: &'static str,
    pattern: LazyLock<Regex>,
}

macro_rules! services {
    ($($kind:literal, $word:literal, $pattern:literal;)*) => {
        [$(Service {
            kind: $kind,
            word: $word,
            pattern: LazyLock::new(|| Regex::new($pattern).expect("a constant pattern, compiled by a test")),
        }),*]
    };
}

static SERVICES: [Service; 21] = services! {
    "baidu-tongji", "hm.baidu.com", r"hm\.baidu\.com/(?:hm|h)\.js(?:\?|%3F)([0-9a-f]{32})(?-u:\b)";
    "baidu-tongji", "hm.baidu.com", r"hm\.baidu\.com/hm\.gif\?(?:[^\s'\x22]{0,200}&)?si=([0-9a-f]{32})(?-u:\b)";
    "baidu-tongji", "_setAccount", r#"_hmt\.push\([ \t\r\n]*\[[ \t\r\n]*['"]_setAccount['"][ \t\r\n]*,[ \t\r\n]*['"]([0-9a-f]{32})['"]"#;
    "cnzz", "cnzz", r"cnzz\.com/(?:z_stat|core|c|stat|z)\.(?:php|js)(?:\?|%3F)[!#-&(-;=?-~]{0,80}?(?:web_)?id(?:=|%3D)([0-9]{7,10})(?-u:\b)";
    "cnzz", "z_stat.php", r"z_stat\.php(?:\?|%3F)(?:[!#-&(-;=?-~]{0,40}?[&?])?id(?:=|%3D)([0-9]{7,10})(?-u:\b)";
    "cnzz", "web_id", r"(?-u:\b)web_id(?:=|%3D)([0-9]{7,10})(?-u:\b)";
    "cnzz", "cnzz_stat_icon_", r"cnzz_stat_icon_([0-9]{7,10})(?-u:\b)";
    "51la", "LA.init", r#"LA\.init\([ \t\r\n]*\{[ -|~\r\n]{0,200}?["']?(?-u:\b)id["']?[ \t\r\n]*:[ \t\r\n]*["']([0-9A-Za-z]{16})["']"#;
    "51la", "ck:", r#"\(\{[ ]?id:[ ]?["']([0-9A-Za-z]{16})["'],[ ]?ck:[ ]?["'][0-9A-Za-z]{16}["']"#;
    "51la", "51.la", r"(?-u:\b)js\.users\.51\.la/([0-9]{5,10})\.js";
    "51la", "51.la", r"51\.la/[!#-&(-;=?-~]{0,80}?[?&]id=([0-9A-Za-z]{5,16})(?-u:\b)";
    "53kf", "53kf.com", r"53kf\.com/(?:code/(?:[a-z]+/)?|webCompany\.php\?(?:[!#-&(-;=?-~]{0,100}?&)?arg=)([0-9A-Za-z_]{4,64})";
    "meiqia", "_MEIQIA", r#"_MEIQIA\([ \t\r\n]*['"]entId['"][ \t\r\n]*,[ \t\r\n]*['"]?([0-9A-Za-z]{3,40})"#;
    "meiqia", "meiqia.com", r"meiqia\.com/[!#-&(-;=?-~]{0,60}?[?&]eid=([0-9A-Za-z]{3,40})";
    "ga", "UA-", r"(?-u:\b)(UA-[0-9]{4,10}-[0-9]{1,4})(?-u:\b)";
    "ga", "G-", r#"(?:['"]|[?&]id=)(G-[A-Z0-9]{8,12})(?-u:\b)"#;
    "gtm", "GTM-", r"(?-u:\b)(GTM-[A-Z0-9]{4,9})(?-u:\b)";
    "google-ads", "AW-", r"(?-u:\b)(AW-[0-9]{9,11})(?-u:\b)";
    "clarity", "clarity", r#"(?:clarity\.ms/tag/|['"]clarity['"][ \t\r\n]*,[ \t\r\n]*['"]script['"][ \t\r\n]*,[ \t\r\n]*['"])([0-9a-z]{8,12})(?-u:\b)"#;
    "sobot", "sobot.com", r"sobot\.com/[!#-&(-;=?-~]{0,80}?[?&]sys[nN]um=([0-9a-f]{32})(?-u:\b)";
    "umeng", "umeng", r"umeng\.com/[!#-&(-;=?-~]{0,80}?[?&]id=([0-9]{7,10})(?-u:\b)";
};

static QIAO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:qiao\.baidu\.com/cps[0-9]?/(?:mobile)?[cC]hat(?:Index)?|affim\.baidu\.com/[!#-&(-;=@-~]{1,60}/chat)\?([!#-&(-;=?-~]{1,300})")
        .expect("a constant pattern, compiled by a test")
});

const QIAO_HOSTS: [&str; 2] = ["qiao.baidu.com", "affim.baidu.com"];

/// The words of all services, then the hosts of Baidu's chat; fewer than 32.
static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let words = SERVICES.iter().map(|service| service.word);
    AhoCorasick::new(words.chain(QIAO_HOSTS))
        .expect("two dozen short words are far below the automaton's size limit")
});

/// Finds accounts in a script or an address, in the order of [`SERVICES`].
pub fn find(text: &str, found: &mut Identifiers) {
    // One bit for each word that occurs.
    let words = WORDS.find_overlapping_iter(text);
    let words = words.fold(0_u32, |all, word| all | 1 << word.pattern().as_u32());
    if words == 0 {
        return;
    }
    let has = |word: usize| words >> word & 1 == 1;
    for (_, service) in SERVICES.iter().enumerate().filter(|(word, _)| has(*word)) {
        for captures in service.pattern.captures_iter(text) {
            found.tracker(service.kind, &captures[1]);
        }
    }
    if (0..QIAO_HOSTS.len()).any(|host| has(SERVICES.len() + host)) {
        for captures in QIAO.captures_iter(text) {
            bridge(&captures[1], found);
        }
    }
}

/// Baidu's chat: site and user together are the id, in whatever order the address has them.
fn bridge(query: &str, found: &mut Identifiers) {
    let query = query.replace("&amp;", "&");
    let field = |name: &str| {
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            (key == name && !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric()))
                .then_some(value)
        })
    };
    match (field("siteId"), field("userId")) {
        (Some(site), Some(user)) => found.tracker("baidu-qiao", &format!("{site}/{user}")),
        (Some(site), None) => found.tracker("baidu-qiao", site),
        _ => {
            if let Some(token) = field("siteToken") {
                found.tracker("baidu-qiao", token);
            }
        }
    }
}

/// Metas by which a search engine knows the owner of a site.
const VERIFICATIONS: [(&str, &str); 15] = [
    ("baidu-site-verification", "baidu-site-verification"),
    ("baidu_site_verification", "baidu-site-verification"),
    ("baidu_union_verify", "baidu-union-verify"),
    ("google-site-verification", "google-site-verification"),
    ("360-site-verification", "360-site-verification"),
    ("360_site_verification", "360-site-verification"),
    ("360-ssp-verification", "360-ssp-verification"),
    ("360_ssp_verification", "360-ssp-verification"),
    ("sogou_site_verification", "sogou-site-verification"),
    ("sogou-site-verification", "sogou-site-verification"),
    ("shenma-site-verification", "shenma-site-verification"),
    ("bytedance-verification-code", "bytedance-verification"),
    ("toutiao-site-verification", "toutiao-site-verification"),
    ("msvalidate.01", "bing-site-verification"),
    ("yandex-verification", "yandex-verification"),
];

/// Reads one meta.
pub fn verification(name: &str, content: &str, found: &mut Identifiers) {
    let content = content.trim();
    let token = !content.is_empty()
        && content.len() <= MAX_ID
        && content.bytes().all(|b| b.is_ascii_graphic())
        && !content.contains(['<', '>']);
    if let Some((_, kind)) = VERIFICATIONS.iter().find(|(known, _)| *known == name)
        && token
    {
        found.tracker(kind, content);
    }
}
