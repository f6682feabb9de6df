//! What stands around the content: head, menus, wrappers, footer, scripts. A theme is drawn
//! from a seed; sites with the same theme have the same tags around their content.

use std::fmt::Write as _;

use super::super::host::{Gbk, Look};
use super::super::rng::{self, Rng};
use super::Leaf;
use super::sheet::Sheet;

/// A link of a menu: path or address, and its words.
pub(super) type Entry = (String, String);

/// The account to which the customers of one platform report, whoever they are.
const PLATFORM_ACCOUNT: &str = "5e1f0c9a7b3d48269d0e4f7a1b2c3d4e";

struct Theme {
    rng: Rng,
    /// Class names: header, menu, main, side, footer.
    classes: [String; 5],
    semantic: bool,
    nested: usize,
    sidebar: bool,
    list_menu: bool,
    legacy: bool,
}

impl Theme {
    fn of(look: &Look) -> Self {
        let mut rng = Rng::of(&[0x54_4845_4d45, look.theme]);
        let semantic = rng.chance(0.4);
        let nested = rng.within((0, 3));
        let sidebar = rng.chance(0.4);
        let list_menu = rng.chance(0.6);
        let legacy = rng.chance(0.3);
        let mut names = Rng::of(&[0x434c_4153, look.classes]);
        let prefix = names.token(rng::LOWER, 2);
        let classes = ["head", "nav", "main", "side", "foot"]
            .map(|part| format!("{prefix}-{part}{}", names.below(10)));
        Theme {
            rng,
            classes,
            semantic,
            nested,
            sidebar,
            list_menu,
            legacy,
        }
    }

    /// A few hundred bytes to three kilobytes of style rules.
    fn style(&mut self) -> String {
        let mut css = String::from(
            "body{margin:0;font-family:\"Microsoft YaHei\",Arial,sans-serif;color:#333}a{color:inherit;text-decoration:none}",
        );
        for _ in 0..8 + self.rng.below(14) {
            let class = &self.classes[self.rng.below(5)];
            let _ = write!(
                css,
                ".{class} {}{{padding:{}px {}px;font-size:{}px;line-height:1.{};color:#{};background:#{}}}",
                self.rng.pick(&["a", "li", "p", "h2", "span", "img", "div"]),
                self.rng.below(30),
                self.rng.below(40),
                12 + self.rng.below(12),
                self.rng.within((2, 9)),
                self.rng.token(rng::HEX, 6),
                self.rng.token(rng::HEX, 6),
            );
        }
        css
    }
}

/// Head, header and menu; leaves the closing part in the sheet.
pub(super) fn open(leaf: &Leaf, sheet: &mut Sheet, title: &str, about: &str, menu: &[Entry]) {
    let look = &leaf.host.look;
    let mut theme = Theme::of(look);
    head(leaf, sheet, &mut theme, title, about);
    let [head, nav, main, side, _] = theme.classes.clone();
    let tag = |name: &'static str| if theme.semantic { name } else { "div" };
    let (header, menu_tag, content) = (tag("header"), tag("nav"), tag("main"));
    let _ = write!(
        sheet.html,
        "<body>\n<{header} class=\"{head}\"><div class=\"logo\"><a href=\"{}\">{}</a></div></{header}>\n",
        link(look, "/"),
        look.name
    );
    let _ = write!(sheet.html, "<{menu_tag} class=\"{nav}\">");
    if theme.list_menu {
        sheet.put("<ul>");
    }
    for (path, words) in menu {
        let path = link(look, path);
        let _ = if theme.list_menu {
            write!(sheet.html, "<li><a href=\"{path}\">{words}</a></li>")
        } else {
            write!(sheet.html, "<a href=\"{path}\">{words}</a>")
        };
    }
    if theme.list_menu {
        sheet.put("</ul>");
    }
    let _ = writeln!(sheet.html, "</{menu_tag}>");
    let mut closing = String::new();
    if theme.legacy {
        sheet.put("<table width=\"1000\" align=\"center\"><tr><td>\n");
        closing.push_str("</td></tr></table>");
    }
    let _ = writeln!(sheet.html, "<{content} class=\"{main}\">");
    for depth in 0..theme.nested {
        let _ = writeln!(sheet.html, "<div class=\"{main}-w{depth}\">");
    }
    let mut inner: String = "</div>".repeat(theme.nested);
    let _ = write!(inner, "</{content}>");
    if theme.sidebar {
        let aside = tag("aside");
        let _ = write!(
            inner,
            "<{aside} class=\"{side}\"><h3>最新更新</h3><ul>{}</ul></{aside}>",
            leaf.siblings(5)
                .iter()
                .enumerate()
                .map(|(i, page)| format!(
                    "<li><a href=\"{}\">更多内容{}</a></li>",
                    link(look, &page.path),
                    i + 1
                ))
                .collect::<String>()
        );
    }
    sheet.closing = inner + &closing;
    footer(leaf, sheet, &theme);
}

fn head(leaf: &Leaf, sheet: &mut Sheet, theme: &mut Theme, title: &str, about: &str) {
    let look = &leaf.host.look;
    let charset = match look.gbk {
        Gbk::No => "<meta charset=\"utf-8\">",
        Gbk::Header => "",
        Gbk::Meta => "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\">",
    };
    let _ = write!(
        sheet.html,
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n{charset}\n<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta name=\"keywords\" content=\"{about}\">\n<meta name=\"description\" content=\"{about}\">\n"
    );
    if look.base {
        let _ = writeln!(sheet.html, "<base href=\"http://{}/\">", leaf.name);
    }
    if theme.rng.chance(0.4) {
        let _ = writeln!(
            sheet.html,
            "<link rel=\"canonical\" href=\"http://{}{}\">",
            leaf.name,
            escape(leaf.path)
        );
    }
    sheet.put("<link rel=\"stylesheet\" href=\"/static/site.css\">\n<style>");
    let css = theme.style();
    sheet.put(&css);
    sheet.put("</style>\n</head>\n");
}

/// Copyright, filings and scripts; decoys that only look like telephone numbers among them.
fn footer(leaf: &Leaf, sheet: &mut Sheet, theme: &Theme) {
    let look = &leaf.host.look;
    let tag = if theme.semantic { "footer" } else { "div" };
    let rng = &mut sheet.rng;
    let views = 100 + rng.below(90_000);
    let date = format!("2026-{:02}-{:02}", 1 + rng.below(11), 1 + rng.below(28));
    let out = &mut sheet.closing;
    let _ = write!(
        out,
        "\n<{tag} class=\"{}\"><p>更新时间:{date} 浏览:{views}次</p><p>Copyright © 2019-2026 {} 版权所有</p>",
        theme.classes[4], look.name
    );
    if let Some(filing) = &look.filing {
        let _ = write!(
            out,
            "<p><a href=\"https://beian.miit.gov.cn/\" rel=\"nofollow\">{filing}</a></p>"
        );
    }
    if let Some(account) = &look.contact {
        let _ = write!(out, "<p>QQ客服:{account}</p>");
    }
    if look.private {
        let _ = write!(
            out,
            "<p><a href=\"{}\">会员中心</a></p>",
            link(look, "/private/user.html?id=20261121")
        );
    }
    let _ = writeln!(out, "</{tag}>");
    let platform = look.platform.then_some(PLATFORM_ACCOUNT);
    let own = look.tracker.as_deref().into_iter();
    for id in own.chain(look.shipped.as_deref()).chain(platform) {
        let _ = writeln!(
            out,
            "<script>var _hmt=_hmt||[];(function(){{var hm=document.createElement(\"script\");\
             hm.src=\"https://hm.baidu.com/hm.js?{id}\";var s=document.getElementsByTagName(\"script\")[0];\
             s.parentNode.insertBefore(hm,s);}})();</script>"
        );
    }
    out.push_str("<script>(function(){var t=document.title;if(window.console){console.log(t.length);}})();</script>\n</body>\n</html>\n");
}

/// A path as the host's pages write it.
pub(super) fn link(look: &Look, path: &str) -> String {
    let path = escape(path);
    match path.strip_prefix('/') {
        // An empty reference would name the page itself.
        Some("") | None => path,
        Some(relative) if look.base => relative.to_owned(),
        Some(_) => path,
    }
}

/// Makes an address safe in an attribute: paths of pages for any path come from requests.
pub(super) fn escape(text: &str) -> String {
    if !text.contains(['&', '<', '>', '"']) {
        return text.to_owned();
    }
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The menu of a host: its home page and the next few pages.
pub(super) fn menu(leaf: &Leaf, words: &[&str]) -> Vec<Entry> {
    let mut menu = vec![("/".to_owned(), "首页".to_owned())];
    menu.extend(
        leaf.siblings(words.len())
            .iter()
            .zip(words)
            .map(|(page, words)| (page.path.clone(), (*words).to_owned())),
    );
    menu
}
