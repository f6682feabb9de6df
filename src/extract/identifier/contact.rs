//! E-mail addresses, and QQ and WeChat ids where a label says so. `微信同号` names no id: it
//! says that the telephone number is one.

use std::sync::LazyLock;

use regex::Regex;

use super::{Identifiers, folded};

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,14}")
        .expect("a constant pattern, compiled by every test of this module")
});

static QQ: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:QQ|扣扣|企鹅号)\s*(客服|咨询|在线|联系|交流|技术|官方|企业|群)*\s*(?:号码|号|群|群号)?\s*(?:[:：为是]\s*)?[\(（\[【]?\s*([1-9][0-9]{4,10})")
        .expect("a constant pattern, compiled by every test of this module")
});

static WECHAT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:微信公众号|公众号|微信|wechat|weixin|(?-u:\b)vx|(?-u:\b)v信)\s*(?:ID|id|号码|号|账号|帐号|客服)?\s*[:：为是]\s*[“\x22'【\[]?\s*([a-z][-_a-z0-9]{5,19}|1[3-9][0-9]{9})")
        .expect("a constant pattern, compiled by every test of this module")
});

/// `微信号haierfix`: without a colon.
static WECHAT_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)微信号\s*([a-z][-_a-z0-9]{5,19})")
        .expect("a constant pattern, compiled by every test of this module")
});

static QQ_LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:wpa\.qq\.com|wpa\.b\.qq\.com|tencent://message|mqqwpa://im|crm2\.qq\.com)[!#-&(-;=?-~]{0,120}?(?:uin|kfuin|nameaccount)=([1-9][0-9]{4,10})(?-u:\b)")
        .expect("a constant pattern, compiled by every test of this module")
});

/// Ends of words that only look like a mail domain: `logo@2x.png`.
const FILES: [&str; 8] = [
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".js", ".css",
];
/// Words that stand behind a WeChat label without being an id.
const NO_IDS: [&str; 8] = [
    "wechat", "weixin", "qrcode", "https", "http", "scan", "follow", "search",
];

/// Finds contacts in words for people.
pub fn find(text: &str, found: &mut Identifiers) {
    let folded = folded(text);
    if folded.contains('@') {
        for mail in EMAIL.find_iter(&folded) {
            let mail = mail.as_str().to_ascii_lowercase();
            if !FILES.iter().any(|end| mail.ends_with(end)) {
                found.contact("email", &mail);
            }
        }
    }
    for captures in QQ.captures_iter(&folded) {
        let (Some(whole), Some(id)) = (captures.get(0), captures.get(2)) else {
            continue;
        };
        let rest = &folded[whole.end()..];
        let longer = rest.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        // `QQ2023年`, `QQ群500人`: an amount or a year.
        let amount = rest.starts_with(['年', '人', '元', '个', '万', '级', '多', '%', '.']);
        let glued = folded[..whole.start()].ends_with(|c: char| c.is_ascii_alphanumeric());
        if !longer && !amount && !glued {
            let group = whole.as_str().contains('群');
            found.contact(if group { "qq-group" } else { "qq" }, id.as_str());
        }
    }
    for captures in WECHAT
        .captures_iter(&folded)
        .chain(WECHAT_NUMBER.captures_iter(&folded))
    {
        let id = &captures[1];
        let end = captures.get(1).map_or(0, |m| m.end());
        let longer = folded[end..]
            .starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '/' | '_'));
        let word = NO_IDS
            .iter()
            .any(|no| id.to_ascii_lowercase().starts_with(no));
        if !longer && !word {
            found.contact("wechat", id);
        }
    }
}

/// Reads a link: `mailto:` and QQ's chat addresses.
pub fn in_link(url: &str, found: &mut Identifiers) {
    let own = url
        .get(..7)
        .filter(|own| own.eq_ignore_ascii_case("mailto:"));
    if let Some(address) = own.map(|own| &url[own.len()..])
        && let Some(mail) = EMAIL.find(address)
    {
        found.contact("email", &mail.as_str().to_ascii_lowercase());
    }
    if url.contains("qq") {
        for captures in QQ_LINK.captures_iter(url) {
            found.contact("qq", &captures[1]);
        }
    }
}
