//! What a generator or its server let slip: file paths in warnings, and placeholders that were
//! never filled in. Narrow on purpose: client-side templates use braces as well.

use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::Regex;

use crate::extract::document::Document;
use crate::extract::vocabulary::{self, Labels};

use super::Identifiers;

/// Warnings of servers: a word that must be there, and the pattern whose first group is a path.
static WARNINGS: LazyLock<[(&str, Regex); 11]> = LazyLock::new(|| {
    const PATH: &str = r"(?:/|[A-Za-z]:[\\/])[!#-&*-9;=?-~]{3,}";
    let path = |pattern: &str| pattern.replace("<path>", PATH);
    [
        (
            "on line",
            r"(?-u:\b)in[ \t]+(?:<b>)?(<path>)(?:\([0-9]+\))?(?: : eval\(\)'d code)?(?:</b>)?[ \t]+on line (?:<b>)?[0-9]+",
        ),
        (".php(", r"#[0-9]{1,3} (<path>\.php)\([0-9]+\):"),
        (
            "FileNotFoundException",
            r"FileNotFoundException: (<path>)",
        ),
        (
            "part of the path",
            r"(?i:part of the path) ['‘]([A-Za-z]:\\[!#-&(-;=?-{}~]{3,})",
        ),
        (".php:", r"(?-u:\b)in[ \t]+(<path>\.php):[0-9]+(?-u:\b)"),
        // ThinkPHP's page of an error.
        ("LINE:", r"FILE:[ \t]*(<path>\.php)[ \t]+LINE:[ \t]*[0-9]+"),
        (
            ".asp",
            r"((?:/[0-9A-Za-z_.-]+)+\.(?:asp|aspx)[ \t]*[,，][ \t]*(?:line|行|第)[ \t]*[0-9]+)",
        ),
        (
            ".inc",
            r"((?:/[0-9A-Za-z_.-]+)+\.inc[ \t]*[,，][ \t]*(?:line|行|第)[ \t]*[0-9]+)",
        ),
        (
            "ile",
            r"(?:Source File[ \t]*[:：][ \t]*|(?i:could not find file)[ \t]*['‘])([A-Za-z]:\\[!#-&(-;=?-{}~]{3,})",
        ),
        (
            "文件",
            r"(?:源文件[ \t]*[:：][ \t]*|找不到文件[ \t]*['‘])([A-Za-z]:\\[!#-&(-;=?-{}~]{3,})",
        ),
        // A traceback of Python.
        (".py", r#"File ["“](<path>\.py)["”], line [0-9]+"#),
    ]
    .map(|(word, pattern)| {
        let pattern = Regex::new(&path(pattern));
        (word, pattern.expect("a constant pattern, compiled by every test of this module"))
    })
});

/// Paths that stand for any: `/path/to/your/index.php`.
const EXAMPLES: &str = "/path/to";

/// Words of generator tags: a brace or bracket counts as a placeholder only around one of them.
const TAG_WORDS: &str = "随机|关键词|关键字|长尾词|主词|标题|目录|域名|网址|时间|日期|年份|品牌|城市|地区|省份|区县|街道|乡镇|内容|正文|链接|变量|句子|段落|图片|电话|号码|热线|网站名|公司名|站点|栏目|轮链|外链|内链|蜘蛛|模板|标签|页面|文章";

/// `<t>` is a word of generator tags, `<h>` a Chinese character.
const TAGS: [(&str, &str); 21] = [
    // `{随机目录}`, `｛城市名｝`, `{{品牌}}`
    (
        "",
        r"[{｛]{1,2}[0-9A-Za-z_<h>:=-]{0,12}(?:<t>)[0-9A-Za-z_<h>:=-]{0,12}[}｝]{1,2}",
    ),
    (
        "[",
        r"\[(?:随机[<h>]{0,6}|关键词|长尾词|主关键词|城市变量|地区变量|变量|内链|外链|轮链)[0-9]{0,3}\]",
    ),
    ("", r"【随机[<h>]{1,6}】|<随机[<h>]{1,6}>"),
    (
        "#",
        r"#(?:关键词|随机[<h>]{1,6}|城市名|品牌名)[0-9]{0,3}#|##(?:<t>)[<h>]{0,4}[0-9]{0,3}##",
    ),
    // A choice that was never made: `{专业|资深|持证}`
    ("{", r"\{[<h>]{1,12}(?:\|[<h>]{1,12}){1,20}\}"),
    (
        "{",
        r"(?i)\$?\{{1,2}\s?\$?(?:brand|keyword|keywords|kw|city|province|area_?name|domain|host_?name|rand(?:om)?(?:_?(?:str|string|num|number|char|dir|title|keyword|id|city|date|time))?|site_?name|web_?name|tel|phone|year|month|day|date|now_?time|title|description|content)[0-9]{0,3}\s?\}{1,2}",
    ),
    (
        "%",
        r"(?i)%%[a-z][a-z_]{2,23}%%|%(?:brand|keyword|city|domain|title)%",
    ),
    (
        "[",
        r"(?i)\[(?:brand|keyword|keywords|randstr|randnum|city_?name)[0-9]{0,3}\]",
    ),
    // Template languages that run on the server, by their own signs.
    (
        "{",
        r"\{\$[A-Za-z_][A-Za-z0-9_.>\[\]'|=:-]{0,60}\}|\{:[A-Za-z_]{1,30}\([^{}<>]{0,80}\)\}",
    ),
    (
        "{",
        r"\{/?(?:dede|pboot|eyou|aspcms|maccms|zzz|phpcms):[a-z][ -z]{0,60}\}",
    ),
    // Not `{content:var(--icon);}`, a style.
    (
        "{",
        r"\{/?(?:content|sort|company):[a-z][ -'*-:<-z]{0,60}\}",
    ),
    ("[", r"\[(?:field|list|nav|content):[a-z][ -Z^-z]{0,40}\]"),
    ("<%", r#"<%=?\s{0,4}[A-Za-z_$][A-Za-z0-9_.()"'$ ]{0,60}%>"#),
    ("__", r"__(?:PUBLIC|ROOT|STATIC|TMPL|IMG|CSS|JS|APP)__"),
    // Empire, Discuz, Blade, Django and Jinja, JSP, and a builder's own constants.
    ("[!--", r"\[!--[a-z][a-z0-9._]{1,30}--\]"),
    ("{", r"\{(?:template|subtemplate|lang) [^{}<>]{1,60}\}"),
    (
        "{",
        r"\{\{\s?(?:\$[A-Za-z_][A-Za-z0-9_]*->[^{}<>]{1,40}|(?:route|config|url|asset|trans|csrf_token|__)\([^{}<>]{0,60}\))\s?\}\}|\{!!\s?[^{}<>]{1,60}\s?!!\}",
    ),
    ("{%", r"\{%-? (?:extends|include|load) [^{}%<>]{1,60}%\}"),
    (
        "${",
        r"\$\{(?:ctx|base|basePath|contextPath|webRoot|ctxPath|staticPath|pageContext\.[A-Za-z.]{3,40}|[a-z]{2,16}\.(?:title|keywords|description|name|url|content))\}",
    ),
    ("%", r"%(?:PUBLIC_URL|REACT_APP_[A-Z_]{2,30})%"),
    (
        "#",
        r"(?i)#(?:title|keywords?|city|brand|phone|tel|area|province|电话|标题|品牌|城市|地区|产品名?)#",
    ),
];

static TAG: LazyLock<[(&str, Regex); TAGS.len()]> = LazyLock::new(|| {
    TAGS.map(|(word, tag)| {
        let tag = tag
            .replace("<t>", TAG_WORDS)
            .replace("<h>", "\u{4e00}-\u{9fff}");
        let tag = Regex::new(&tag);
        (
            word,
            tag.expect("a constant pattern, compiled by every test of this module"),
        )
    })
});

/// Words in square brackets that are as well a heading of a list: `[城市]` beside `[品牌]`.
static PAIRED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\[(?:城市|品牌|地区|省份|区县|产品|电话|标题|关键字)\]")
        .expect("a constant pattern, compiled by every test of this module")
});

/// Libraries that fill in braces in the browser.
const FILLERS: [&str; 10] = [
    "vue",
    "Vue",
    "ngular",
    "andlebars",
    "ustache",
    "laytpl",
    "avalon",
    "art-template",
    "alpine",
    "petite",
];

/// Finds leaks in words for people.
pub fn find(text: &str, found: &mut Identifiers) {
    server_paths(text, found);
    let marks = memchr::memchr3(b'{', b'[', b'#', text.as_bytes()).is_some();
    if !marks
        && !["%", "随机", "｛", "__"]
            .iter()
            .any(|mark| text.contains(mark))
    {
        return;
    }
    let near = TAG.iter().filter(|(word, _)| text.contains(word));
    let mut tags: Vec<regex::Match> = near.flat_map(|(_, tag)| tag.find_iter(text)).collect();
    let paired: Vec<regex::Match> = PAIRED.find_iter(text).collect();
    if paired.iter().any(|tag| tag.as_str() != paired[0].as_str()) {
        tags.extend(paired);
    }
    tags.sort_by_key(|tag| (tag.start(), std::cmp::Reverse(tag.end())));
    let mut end = 0;
    for tag in tags {
        let count = |signs: [char; 2]| tag.as_str().matches(signs).count();
        if tag.start() >= end && count(['{', '｛']) == count(['}', '｝']) {
            found.leak(tag.as_str());
            end = tag.end();
        }
    }
}

/// Finds leaks in a comment, and code for the server, which is none to a browser: `<?=$tel?>`.
pub fn in_comment(text: &str, found: &mut Identifiers) {
    if vocabulary::labels(text).has(Labels::LEAK) {
        find(text, found);
    }
    if (text.starts_with("php ") || text.starts_with('=')) && text.ends_with('?') {
        found.leak(&format!("<?{text}>"));
    }
}

/// Finds placeholders in an address.
pub fn in_link(url: &str, found: &mut Identifiers) {
    let signs = memchr::memchr3(b'%', b'_', b'[', url.as_bytes()).is_some();
    if signs && ["%7B", "__", "["].iter().any(|sign| url.contains(sign)) {
        find(&percent_decode_str(url).decode_utf8_lossy(), found);
    }
}

/// Leaves out what a script of the page would have filled in: `{{ title }}`.
pub fn spare_templates(document: &Document, found: &mut Identifiers) {
    let template = |leak: &String| leak.starts_with("{{") && leak.is_ascii();
    if found.leaks.iter().any(template) {
        let mut code = document.scripts.iter().chain(&document.sources);
        if code.any(|code| FILLERS.iter().any(|name| code.contains(name))) {
            found.leaks.retain(|leak| !template(leak));
        }
    }
}

/// Finds file paths of the server in warnings.
pub fn server_paths(text: &str, found: &mut Identifiers) {
    for (word, pattern) in WARNINGS.iter() {
        if text.contains(word) {
            for captures in pattern.captures_iter(text) {
                if !captures[1].starts_with(EXAMPLES) {
                    found.leak(&captures[1]);
                }
            }
        }
    }
}
