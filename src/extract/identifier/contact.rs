//! E-mail addresses, and QQ and WeChat ids where a label says so, in words or in the name of an
//! attribute or a script's variable.

use std::ops::Range;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::{Captures, Regex};

use crate::extract::vocabulary::Labels;
use crate::site::has_public_suffix;

use super::Identifiers;
use super::quote::Folded;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern, compiled by every test of this module")
}

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,14}")
});

/// `邮箱：jubao [at] example [dot] cn`: the signs are written out for people alone.
static SPELT_EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:邮箱|邮件|e-?mail)[^a-z0-9@]{0,12}([a-z0-9][a-z0-9._%+-]{0,63})\s*(?:#|[\[({<]\s*(?:at|艾特|@)\s*[\])}>]|\sat\s|艾特)\s*((?:[a-z0-9-]{1,63}\s*(?:\.|[\[({<]\s*(?:dot|点)\s*[\])}>]|\sdot\s|点)\s*){1,3}(?:com|net|cn|org|cc|top|vip|hk|tw|xyz))(?-u:\b)",
    )
});

/// `sales[at]example.co.uk`, `info (at) example (dot) ch`: without a label, where brackets tell.
static BRACKETED_EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?-u:\b)([a-z0-9][a-z0-9._%+-]{1,63})\s?[\[({]\s?(?:at|@)\s?[\])}]\s?([a-z0-9-]{1,63}(?:\s?(?:\.|[\[({]\s?(?:dot|\.)\s?[\])}])\s?[a-z0-9-]{2,63}){1,3})(?-u:\b)",
    )
});

static SPELT_DOT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\s*(?:[\[({<]\s*(?:dot|点)\s*[\])}>]|\sdot\s|点|\.)\s*"));

static QQ: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:Q ?Q|扣扣|企鹅号)\s*((?:客服|咨询|在线|联系|交流|技术|官方|企业|群)*)\s*(?:号码|号|群|群号)?\s*([/&+和及、]?\s*(?:微信|wx|vx|v信)\s*(?:同号|号)?|[1-9一二三四五]\s*[:：])?\s*(?:[:：为是]\s*)?[\(（\[【]?\s*([1-9][0-9]{4,10}|[1-9](?: [0-9]){4,10})",
    )
});

/// Labels of a WeChat id, some of them disguised as sellers write them.
const WECHAT_LABEL: &str = r"微 ?信公众号|公众号|微 ?信|wechat|weixin|[薇徽威维]信|(?-u:\b)(?:vx|wx|v信)|(?:加|\+|➕)\s?(?:v|薇|微)";

static WECHAT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)(?:{WECHAT_LABEL})\s*(?:ID|号码|号|账号|帐号|客服)?\s*[:：为是]\s*[“\x22'【\[]?\s*([a-z][-_a-z0-9]{{5,19}}|1[3-9][0-9]{{9}})"
    ))
});

/// `微信号haierfix`, `加微信 jdwx_2023`: without a colon.
static WECHAT_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?:微信号|(?:加|添加)\s?(?:微信|[薇徽威]信|v信|vx|wx))\s*([a-z][-_a-z0-9]{5,19})")
});

/// `13800138000（微信同号）`, `（微信同号）：13800138000`
static SAME: LazyLock<Regex> = LazyLock::new(|| {
    const MOBILE: &str = r"1[3-9][0-9](?:[- ]?[0-9]{4}){2}";
    pattern(&format!(
        r"(?:微信同号|同微信|微信号?同(?:号|步))\s*\)?\s*[:：]?\s*(?-u:\b)({MOBILE})(?-u:\b)|(?-u:\b)({MOBILE})\s*[(,/]?\s*(?:微信同号|同微信|微信号?同(?:号|步))"
    ))
});

static QQ_LINK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:wpa\.qq\.com|wpa\.b\.qq\.com|tencent://message|mqqwpa://im|crm2\.qq\.com)[!#-&(-;=?-~]{0,120}?(?:uin|kfuin|nameaccount)=([1-9][0-9]{4,10})(?-u:\b)",
    )
});

static GROUP_LINK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"qm\.qq\.com/cgi-bin[!-~]{0,300}?group_code=([1-9][0-9]{4,10})(?-u:\b)")
});

static WECHAT_LINK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^weixin://dl/chat\?([a-z][-_a-z0-9]{5,19})$"));

/// `"email": "local@example.cn"`, `var weixin = "haier_88"`
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(?-u:\b)(e_?mail|qq|we_?chat|weixin|wx|vx)_?(?:id|no|num|number|hao|h|code|account)?["']?[ \t]*[:=][ \t]*["']([^"'<>\s]{5,80})["']"#,
    )
});

static WHOLE_QQ: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[1-9][0-9]{4,10}$"));

static WHOLE_WECHAT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^[a-z][-_a-z0-9]{5,19}$"));

/// Ends of words that only look like a mail domain: `logo@2x.png`; and domains that are nobody's
/// (RFC 2606).
const NO_DOMAINS: [&str; 14] = [
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".webp",
    ".svg",
    ".js",
    ".css",
    "@example.com",
    "@example.net",
    "@example.org",
    "@domain.com",
    ".example",
    ".invalid",
];
/// Words that stand behind a WeChat label without being an id.
const NO_IDS: [&str; 11] = [
    "wechat", "weixin", "qrcode", "https", "http", "scan", "follow", "search", "download", "your_",
    "my_",
];

/// Finds contacts in words for people, of the kinds that `labels` tells of.
pub fn find(text: &str, labels: Labels, found: &mut Identifiers) {
    if ![Labels::MAIL, Labels::QQ, Labels::WECHAT]
        .iter()
        .any(|l| labels.has(*l))
    {
        return;
    }
    let folded = Folded::of(text);
    if labels.has(Labels::MAIL) {
        mails(&folded, found);
    }
    if labels.has(Labels::QQ) {
        for captures in QQ.captures_iter(&folded.text) {
            qq(&folded.text, &captures, folded.quote(&captures), found);
        }
    }
    if labels.has(Labels::WECHAT) {
        wechat(&folded, found);
    }
}

fn mails(folded: &Folded, found: &mut Identifiers) {
    let text = folded.text.as_str();
    if text.contains('@') {
        for (mail, range) in emails(text) {
            found.contact("email", &mail, folded.source(range));
        }
    }
    for captures in SPELT_EMAIL.captures_iter(text) {
        let domain = SPELT_DOT.replace_all(&captures[2], ".");
        let mail = format!("{}@{domain}", &captures[1]).to_ascii_lowercase();
        found.contact("email", &mail, folded.quote(&captures));
    }
    let bracketed = ["at)", "at]", "at )", "at ]", "(@)", "[@]"];
    let closed = memchr::memchr2(b')', b']', text.as_bytes()).is_some();
    let bracketed = closed && bracketed.iter().any(|sign| text.contains(sign));
    let bracketed = bracketed.then(|| BRACKETED_EMAIL.captures_iter(text));
    for captures in bracketed.into_iter().flatten() {
        let domain = SPELT_DOT.replace_all(&captures[2], ".");
        let mail = format!("{}@{domain}", &captures[1]);
        if let Some((mail, _)) = emails(&mail).next() {
            found.contact("email", &mail, folded.quote(&captures));
        }
    }
}

fn wechat(folded: &Folded, found: &mut Identifiers) {
    let text = folded.text.as_str();
    let labelled = WECHAT.captures_iter(text).map(|c| (c, false));
    let glued = WECHAT_NUMBER.captures_iter(text).map(|c| (c, true));
    for (captures, glued) in labelled.chain(glued) {
        let id = &captures[1];
        let end = captures.get(1).map_or(0, |m| m.end());
        let longer = text[end..]
            .starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '/' | '_'));
        let sure = !glued || captures[0].contains('号') || made_up(id);
        if !longer && sure && !is_word(id) {
            found.contact("wechat", id, folded.quote(&captures));
        }
    }
    for captures in SAME.captures_iter(text) {
        let mobile = captures.iter().skip(1).flatten().next();
        let digits = mobile.map_or("", |m| m.as_str()).replace([' ', '-'], "");
        found.contact("wechat", &digits, folded.quote(&captures));
    }
}

/// Addresses in small letters, with their places.
fn emails(text: &str) -> impl Iterator<Item = (String, Range<usize>)> {
    EMAIL.find_iter(text).filter_map(|mail| {
        // `git@github.com:foo/bar.git`
        let of_a_shell = text[mail.end()..]
            .strip_prefix(':')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
        let address = mail.as_str().to_ascii_lowercase();
        let host = address.rsplit('@').next().unwrap_or_default();
        let nobody =
            NO_DOMAINS.iter().any(|end| address.ends_with(end)) || !has_public_suffix(host);
        let of_a_shell = of_a_shell || address.starts_with("git@");
        (!of_a_shell && !nobody).then(|| (address, mail.range()))
    })
}

fn qq(text: &str, captures: &Captures, quote: &str, found: &mut Identifiers) {
    let (Some(whole), Some(id)) = (captures.get(0), captures.get(3)) else {
        return;
    };
    let rest = &text[whole.end()..];
    let longer = rest.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    // `QQ2023年`, `QQ群500人`: an amount or a year.
    let amount = rest.starts_with(['年', '人', '元', '个', '万', '级', '多', '%', '.']);
    let glued = text[..whole.start()].ends_with(|c: char| c.is_ascii_alphanumeric());
    if longer || amount || glued {
        return;
    }
    let id = id.as_str().replace(' ', "");
    let group = whole.as_str().contains('群');
    found.contact(if group { "qq-group" } else { "qq" }, &id, quote);
    let both = captures
        .get(2)
        .is_some_and(|m| !m.as_str().ends_with([':', '：']));
    if both {
        found.contact("wechat", &id, quote);
    }
}

/// No word of a language: it has a digit or a low line.
fn made_up(id: &str) -> bool {
    id.contains(|c: char| c.is_ascii_digit() || c == '_')
}

fn is_word(id: &str) -> bool {
    let id = id.to_ascii_lowercase();
    NO_IDS.iter().any(|no| id.starts_with(no))
}

/// Reads a link: `mailto:`, QQ's chat addresses, and addresses of mail that a proxy has hidden.
pub fn in_link(url: &str, found: &mut Identifiers) {
    let own = url
        .get(..7)
        .filter(|own| own.eq_ignore_ascii_case("mailto:"));
    if let Some(own) = own {
        let addresses = percent_decode_str(&url[own.len()..]).decode_utf8_lossy();
        for (mail, _) in emails(&addresses) {
            found.contact("email", &mail, url);
        }
    }
    if url.starts_with("weixin:")
        && let Some(captures) = WECHAT_LINK.captures(url)
    {
        found.contact("wechat", &captures[1], url);
    }
    if url.contains("qq") || url.contains("tencent:") {
        for captures in QQ_LINK.captures_iter(url) {
            found.contact("qq", &captures[1], &captures[0]);
        }
        if let Some(captures) = GROUP_LINK.captures(url) {
            found.contact("qq-group", &captures[1], &captures[0]);
        }
    }
    if memchr::memchr(b'#', url.as_bytes()).is_some()
        && let Some((_, code)) = url.split_once("/cdn-cgi/l/email-protection#")
    {
        hidden_email(code, found);
    }
}

/// Reads an attribute by its name: `data-qq="3377016680"`.
pub fn in_attribute(name: &str, value: &str, found: &mut Identifiers) {
    match name {
        "data-cfemail" => hidden_email(value, found),
        "data-qq" | "data-wechat" | "data-weixin" | "data-wx" | "data-email" => {
            named(&name["data-".len()..], value, value, found);
        }
        _ => {}
    }
}

/// Reads what a script calls by its name.
pub fn in_script(script: &str, found: &mut Identifiers) {
    for captures in NAMED.captures_iter(script) {
        named(&captures[1], &captures[2], &captures[0], found);
    }
}

fn named(key: &str, value: &str, quote: &str, found: &mut Identifiers) {
    match key.as_bytes()[0].to_ascii_lowercase() {
        b'e' => {
            let address = value.strip_prefix("mailto:").unwrap_or(value);
            let address = address.replace("\\u0040", "@");
            let whole = emails(&address).find(|(_, place)| *place == (0..address.len()));
            if let Some((mail, _)) = whole {
                found.contact("email", &mail, quote);
            }
        }
        b'q' if WHOLE_QQ.is_match(value) => found.contact("qq", value, quote),
        b'w' | b'v' if WHOLE_WECHAT.is_match(value) && made_up(value) && !is_word(value) => {
            found.contact("wechat", value, quote);
        }
        _ => {}
    }
}

/// An address as Cloudflare hides it: bytes in hexadecimal, each but the first exclusive-or the
/// first.
fn hidden_email(code: &str, found: &mut Identifiers) {
    let byte = |at: usize| u8::from_str_radix(code.get(at..at + 2)?, 16).ok();
    let Some(key) = byte(0) else {
        return;
    };
    let bytes = (2..code.len().min(256)).step_by(2).map_while(byte);
    let address: String = bytes.map(|b| char::from(b ^ key)).collect();
    if let Some((mail, _)) = emails(&address).next() {
        found.contact("email", &mail, code);
    }
}
