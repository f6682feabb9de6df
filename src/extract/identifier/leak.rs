//! What a generator or its server let slip: file paths in warnings, and placeholders that were
//! never filled in. Narrow on purpose: client-side templates use braces as well.

use std::sync::LazyLock;

use regex::Regex;

use super::Identifiers;

static PHP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?-u:\b)in[ \t]+(?:<b>)?((?:/|[A-Za-z]:[\\/])[!#-&*-9;=?-~]{3,})(?:\([0-9]+\))?(?: : eval\(\)'d code)?(?:</b>)?[ \t]+on line (?:<b>)?[0-9]+"#)
        .expect("a constant pattern, compiled by every test of this module")
});

static UNCAUGHT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u:\b)in[ \t]+((?:/|[A-Za-z]:[\\/])[!#-&*-9;=?-~]{3,}\.php):[0-9]+(?-u:\b)")
        .expect("a constant pattern, compiled by every test of this module")
});

static ASP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?:/[0-9A-Za-z_.-]+)+\.(?:asp|aspx|inc)[ \t]*[,，][ \t]*(?:line|行|第)[ \t]*[0-9]+"#,
    )
    .expect("a constant pattern, compiled by every test of this module")
});

static DOT_NET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:Source File|源文件)[ \t]*[:：][ \t]*([A-Za-z]:\\[!#-;=?-{}~]{3,})")
        .expect("a constant pattern, compiled by every test of this module")
});

/// Words of generator tags: a brace or bracket counts as a placeholder only around one of them.
const TAG_WORDS: &str = "随机|关键词|关键字|长尾词|主词|标题|目录|域名|网址|时间|日期|年份|品牌|城市|地区|省份|内容|链接|变量|句子|段落|图片|电话|号码|网站名|站点|栏目|轮链|外链|内链|蜘蛛|模板|标签|页面|文章";

static CHINESE_TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"\{{\{{?[0-9A-Za-z_\u{{4e00}}-\u{{9fff}}:=-]{{0,12}}(?:{TAG_WORDS})[0-9A-Za-z_\u{{4e00}}-\u{{9fff}}:=-]{{0,12}}\}}?\}}|\[(?:随机[\u{{4e00}}-\u{{9fff}}]{{0,6}}|关键词|长尾词|主关键词|城市变量|地区变量|变量|内链|外链|轮链)[0-9]{{0,3}}\]|【随机[\u{{4e00}}-\u{{9fff}}]{{1,6}}】|<随机[\u{{4e00}}-\u{{9fff}}]{{1,6}}>|#(?:关键词|随机[\u{{4e00}}-\u{{9fff}}]{{1,6}}|城市名|品牌名)[0-9]{{0,3}}#"
    ))
    .expect("a constant pattern, compiled by every test of this module")
});

static LATIN_TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\{{1,2}\s?\$?(?:brand|keyword|keywords|kw|city|province|area_?name|domain|host_?name|rand(?:om)?(?:_?(?:str|string|num|number|char|dir|title|keyword|id|city|date|time))?|site_?name|web_?name|tel|phone|year|month|day|date|now_?time|title|description|content)[0-9]{0,3}\s?\}{1,2}|%(?:brand|keyword|city|domain|title)%|\[(?:brand|keyword|keywords|randstr|randnum|city_?name)[0-9]{0,3}\]|\{dede:[a-z][ -z]{1,60}/\}|\[field:[a-z][ -Z^-z]{1,40}/\]",
    )
    .expect("a constant pattern, compiled by every test of this module")
});

/// Finds leaks in words for people, or in a comment.
pub fn find(text: &str, found: &mut Identifiers) {
    server_paths(text, found);
    let marks = memchr::memchr3(b'{', b'[', b'#', text.as_bytes()).is_some();
    if marks || text.contains('%') || text.contains("随机") {
        for tag in CHINESE_TAG.find_iter(text).chain(LATIN_TAG.find_iter(text)) {
            let balanced = tag.as_str().matches('{').count() == tag.as_str().matches('}').count();
            if balanced {
                found.leak(tag.as_str());
            }
        }
    }
}

/// Finds file paths of the server in warnings.
pub fn server_paths(text: &str, found: &mut Identifiers) {
    if text.contains("on line") {
        for captures in PHP.captures_iter(text) {
            found.leak(&captures[1]);
        }
    }
    if text.contains(".php:") {
        for captures in UNCAUGHT.captures_iter(text) {
            found.leak(&captures[1]);
        }
    }
    if text.contains(".asp") || text.contains(".inc") {
        for path in ASP.find_iter(text) {
            found.leak(path.as_str());
        }
    }
    if text.contains("Source File") || text.contains("源文件") {
        for captures in DOT_NET.captures_iter(text) {
            found.leak(&captures[1]);
        }
    }
}
