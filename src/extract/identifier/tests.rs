use super::*;
use crate::extract::document::{Attribute, Line, Link, LinkKind};

pub(super) fn page(lines: &[&str]) -> Document {
    Document {
        lines: lines
            .iter()
            .map(|text| Line {
                text: (*text).to_owned(),
                words: vocabulary::count(text),
                ..Line::default()
            })
            .collect(),
        ..Document::default()
    }
}

pub(super) fn script(body: &str) -> Identifiers {
    collect(&Document {
        scripts: vec![body.to_owned()],
        ..Document::default()
    })
}

fn source(url: &str) -> Identifiers {
    collect(&Document {
        sources: vec![url.to_owned()],
        ..Document::default()
    })
}

pub(super) fn pairs(list: &[Tracker]) -> Vec<(&str, &str)> {
    list.iter()
        .map(|t| (t.kind.as_str(), t.id.as_str()))
        .collect()
}

fn filings(line: &str) -> Vec<(String, String)> {
    collect(&page(&[line]))
        .filings
        .into_iter()
        .map(|f| (f.text, f.owner))
        .collect()
}

#[test]
fn filings_in_every_form() {
    let one = |text: &str, owner: &str| vec![(text.to_owned(), owner.to_owned())];
    for (line, text, owner) in [
        (
            "版权所有 粤ICP备12345678号-3",
            "粤ICP备12345678号-3",
            "粤ICP备12345678号",
        ),
        (
            "京 ICP 备 2021001234 号 - 12 技术支持",
            "京ICP备2021001234号-12",
            "京ICP备2021001234号",
        ),
        ("沪ICP证030173号", "沪ICP证030173号", "沪ICP证030173号"),
        (
            "苏icp备05001234号",
            "苏ICP备05001234号",
            "苏ICP备05001234号",
        ),
        (
            "浙ＩＣＰ备２０２２０３３１４４号－１",
            "浙ICP备2022033144号-1",
            "浙ICP备2022033144号",
        ),
        ("ICP备 12345678号", "ICP备12345678号", "ICP备12345678号"),
        (
            "备案号：冀ICP备19003344号-1",
            "冀ICP备19003344号-1",
            "冀ICP备19003344号",
        ),
        (
            "粤公网安备 44010602000001号",
            "粤公网安备44010602000001号",
            "粤公网安备44010602000001号",
        ),
        (
            "（京）ICP备-11005771号-2",
            "京ICP备11005771号-2",
            "京ICP备11005771号",
        ),
        (
            "陕I C P备1 9 0 2 6 6 4 1号-1",
            "陕ICP备19026641号-1",
            "陕ICP备19026641号",
        ),
        (
            "公安机关备案号 51010402000333",
            "公网安备51010402000333号",
            "公网安备51010402000333号",
        ),
        (
            "川公网安备51010402000333",
            "川公网安备51010402000333号",
            "川公网安备51010402000333号",
        ),
    ] {
        assert_eq!(filings(line), one(text, owner), "{line}");
    }
    for line in [
        "ICP备案查询",
        "粤ICP备1234号",
        "粤ICP备123456789012号",
        "公网安备 440106号",
        "ICP备12345678",
        "",
    ] {
        assert_eq!(filings(line), [], "{line}");
    }
    let two = filings("粤ICP备12345678号-1 | 粤公网安备44010602000001号 | 粤ICP备12345678号-1");
    assert_eq!(two.len(), 2);
}

#[test]
fn analytics_accounts() {
    let hex = "0123456789abcdef0123456789abcdef";
    for (body, kind, id) in [
        (format!(r#"hm.src = "https://hm.baidu.com/hm.js?{hex}";"#), "baidu-tongji", hex),
        (format!(r#"_hmt.push(['_setAccount', '{hex}']);"#), "baidu-tongji", hex),
        ("document.write('<script src=\"https://s4.cnzz.com/z_stat.php?id=1278401234&web_id=1278401234\">')".into(), "cnzz", "1278401234"),
        ("document.write(unescape(\"%3Cspan id='cnzz_stat_icon_1271234567'%3E\"))".into(), "cnzz", "1271234567"),
        ("'s11.cnzz.com/z_stat.php%3Fid%3D1271234567%26show%3Dpic'".into(), "cnzz", "1271234567"),
        (r#"LA.init({id:"3ABcdEFghIJklMNo",ck:"3ABcdEFghIJklMNo"})"#.into(), "51la", "3ABcdEFghIJklMNo"),
        ("ga('create', 'UA-1234567-2', 'auto')".into(), "ga", "UA-1234567-2"),
        ("gtag('config', 'G-AB12CD34EF')".into(), "ga", "G-AB12CD34EF"),
        ("(window,document,'script','dataLayer','GTM-AB12C3')".into(), "gtm", "GTM-AB12C3"),
        ("_MEIQIA('entId', 123456);".into(), "meiqia", "123456"),
        ("_MEIQIA('entId', '0a1b2c3d4e');".into(), "meiqia", "0a1b2c3d4e"),
    ] {
        assert_eq!(pairs(&script(&body).trackers), [(kind, id)], "{body}");
    }
    assert_eq!(
        script("var LG-1 = 'AUA-12-3'; x = 'MSG-ABCDEFGHIJ'").trackers,
        []
    );
}

#[test]
fn accounts_in_addresses() {
    for (url, kind, id) in [
        (
            "https://tb.53kf.com/code/code/10123456/1",
            "53kf",
            "10123456",
        ),
        (
            "https://tb.53kf.com/code/code/0a1b2c3d4e5f60718293a4b5c6d7e8f90/2",
            "53kf",
            "0a1b2c3d4e5f60718293a4b5c6d7e8f90",
        ),
        ("http://js.users.51.la/21234567.js", "51la", "21234567"),
        (
            "https://p.qiao.baidu.com/cps/chat?siteId=1234567&userId=7654321&siteToken=ab",
            "baidu-qiao",
            "1234567/7654321",
        ),
        (
            "https://p.qiao.baidu.com/cps/chat?userId=7654321&siteId=1234567",
            "baidu-qiao",
            "1234567/7654321",
        ),
        (
            "https://www.googletagmanager.com/gtag/js?id=G-AB12CD34EF",
            "ga",
            "G-AB12CD34EF",
        ),
        (
            "https://hm.baidu.com/hm.js?0123456789abcdef0123456789abcdef",
            "baidu-tongji",
            "0123456789abcdef0123456789abcdef",
        ),
    ] {
        assert_eq!(pairs(&source(url).trackers), [(kind, id)], "{url}");
    }
    assert_eq!(
        source("https://zz.bdstatic.com/linksubmit/push.js").trackers,
        []
    );
}

#[test]
fn verifications() {
    let document = Document {
        metas: vec![
            ("baidu-site-verification".into(), "codeva-AbCdEfGhIj".into()),
            ("sogou_site_verification".into(), "xYz123".into()),
            ("description".into(), "baidu-site-verification".into()),
            ("google-site-verification".into(), " ".into()),
        ],
        ..Document::default()
    };
    assert_eq!(
        pairs(&collect(&document).trackers),
        [
            ("baidu-site-verification", "codeva-AbCdEfGhIj"),
            ("sogou-site-verification", "xYz123")
        ]
    );
}

#[test]
fn contacts_where_labelled() {
    let of = |line: &str| -> Vec<(String, String)> {
        collect(&page(&[line]))
            .contacts
            .into_iter()
            .map(|t| (t.kind, t.id))
            .collect()
    };
    for (line, kind, id) in [
        (
            "邮箱：Service@Example-Lock.com",
            "email",
            "service@example-lock.com",
        ),
        ("E-mail:kefu＠example.cn", "email", "kefu@example.cn"),
        ("QQ:123456789", "qq", "123456789"),
        ("客服ＱＱ：１２３４５６", "qq", "123456"),
        ("QQ群号：87654321", "qq-group", "87654321"),
        ("微信号:abc_12345", "wechat", "abc_12345"),
        ("加微信：repair-2024 预约", "wechat", "repair-2024"),
        ("微信：13800138000", "wechat", "13800138000"),
        ("138-0013-8000（微信同号）", "wechat", "13800138000"),
        ("电话（微信同号）：13800138000", "wechat", "13800138000"),
        ("加微信 repair_2024 预约", "wechat", "repair_2024"),
        ("wx:repair_2024", "wechat", "repair_2024"),
        ("薇信：repair2024", "wechat", "repair2024"),
        ("QQ2:123456789", "qq", "123456789"),
        ("Q Q：1 2 3 4 5 6 7", "qq", "1234567"),
        ("邮箱：fix [at] lor365 [dot] com", "email", "fix@lor365.com"),
        ("邮箱：fix365 艾特 qq 点 com", "email", "fix365@qq.com"),
    ] {
        assert_eq!(of(line), [(kind.to_owned(), id.to_owned())], "{line}");
    }
    for line in [
        "微信同号，请致电 400-000-1234",
        "加微信 service 咨询",
        "发送至 name@example.com 的邮件",
        "git clone git@github.com:foo/bar.git",
        "微信公众号：扫码关注",
        "QQ2023年活动",
        "QQ浏览器",
        "logo@2x.png",
        "QQ群人数500人",
        "微信 WeChat: weixin",
    ] {
        assert_eq!(of(line), [], "{line}");
    }
    let link = Document {
        links: vec![Link {
            url: "http://wpa.qq.com/msgrd?v=3&uin=123456789&site=qq&menu=yes"
                .parse()
                .unwrap(),
            kind: LinkKind::Anchor,
            line: None,
            own: false,
        }],
        ..Document::default()
    };
    assert_eq!(pairs(&collect(&link).contacts), [("qq", "123456789")]);
}

#[test]
fn leaks_of_server_and_generator() {
    for (line, leak) in [
        (
            "Warning: fopen(cache/a.txt): failed to open stream in /www/wwwroot/example/inc/fun.php on line 88",
            "/www/wwwroot/example/inc/fun.php",
        ),
        (
            r"Notice: Undefined index in D:\wwwroot\site\index.php on line 3",
            r"D:\wwwroot\site\index.php",
        ),
        (
            "Microsoft VBScript 运行时错误 '800a000d' /inc/conn.asp, 行 12",
            "/inc/conn.asp, 行 12",
        ),
        ("首页 > {随机目录} > 文章", "{随机目录}"),
        ("{{brand}}售后服务电话", "{{brand}}"),
        ("[关键词]维修", "[关键词]"),
        ("{keyword}售后", "{keyword}"),
        ("#随机城市#空调维修", "#随机城市#"),
        ("##标题##", "##标题##"),
        ("{$vo.title}", "{$vo.title}"),
        ("{:url('index/show')}", "{:url('index/show')}"),
        ("{pboot:pagetitle}", "{pboot:pagetitle}"),
        ("<%=brand%>售后", "<%=brand%>"),
        ("{上门|到家}维修", "{上门|到家}"),
        ("｛城市名｝热线", "｛城市名｝"),
        (
            "File \"/root/zhan/make.py\", line 8, in <module>",
            "/root/zhan/make.py",
        ),
        (r"找不到文件 'D:\web\data\#a.mdb'。", r"D:\web\data\#a.mdb"),
        (
            "错误位置 FILE: /home/w/Think/App.class.php LINE: 94",
            "/home/w/Think/App.class.php",
        ),
    ] {
        assert_eq!(collect(&page(&[line])).leaks, [leak], "{line}");
    }
    for line in [
        "{{item.name}}",
        "【电话】400",
        "[1] 参考文献",
        "a{color:red}",
        "{}",
        "on line support",
        "100% 50%",
        "[标题]",
        "[城市] 今日要闻",
        "failed in /path/to/your/index.php on line 3",
        "in the city on line 5",
    ] {
        assert_eq!(collect(&page(&[line])).leaks, [""; 0], "{line}");
    }
}

#[test]
fn what_a_script_or_a_reader_fills_in_is_no_leak() {
    let leaks = |html: &str| {
        let mut document = crate::extract::document::parse_html(html, "https://pages.test/");
        crate::extract::number::collect(&mut document);
        crate::extract::role::assign(&mut document);
        collect(&document).leaks
    };
    assert_eq!(leaks("<h1>{{ title }}</h1>"), ["{{ title }}"]);
    let none = [""; 0];
    assert_eq!(
        leaks("<h1>{{ title }}</h1><script>new Vue({})</script>"),
        none
    );
    assert_eq!(
        leaks("<pre><code>{dede:global.cfg_webname/}</code></pre>"),
        none
    );
    assert_eq!(
        leaks("<?php echo $brand; ?>x<?xml version='1'?>"),
        ["<?php echo $brand; ?>"]
    );
    assert_eq!(leaks("<a href='/{随机目录}/1.html'>x</a>"), ["{随机目录}"]);
    assert_eq!(leaks("[城市]空调维修，[品牌]报修"), ["[城市]", "[品牌]"]);
}

#[test]
fn lists_are_bounded_and_without_repeats() {
    let line: String = (0..500)
        .map(|i| {
            format!(
                "QQ:{} a{i}@b.cn 粤ICP备{:08}号 {{随机{i}}} ",
                100_000 + i,
                i
            )
        })
        .collect();
    let found = collect(&page(&[&line, &line]));
    assert_eq!(
        (found.filings.len(), found.contacts.len(), found.leaks.len()),
        (MAX_FILINGS, MAX_CONTACTS, MAX_LEAKS)
    );
    let long = Document {
        metas: vec![("baidu-site-verification".into(), "x".repeat(500))],
        attributes: vec![Attribute {
            name: "onclick".into(),
            value: "x".repeat(100_000),
        }],
        ..Document::default()
    };
    assert_eq!(collect(&long).trackers, []);
}

#[derive(serde::Deserialize)]
struct Case {
    html: String,
    /// `kind:id`, filings first, then trackers, contacts and leaks.
    found: Vec<String>,
    #[serde(default)]
    known_failure: bool,
}

/// Snippets written for the project: one identifier each, or what only looks like one.
#[test]
fn labelled_snippets_hold_their_identifiers() {
    let cases = include_str!("../../../tests/data/identifiers.jsonl").lines();
    let mut faults = Vec::new();
    for case in cases.map(|l| serde_json::from_str::<Case>(l).unwrap()) {
        let mut document = crate::extract::document::parse_html(&case.html, "https://pages.test/");
        crate::extract::number::collect(&mut document);
        crate::extract::role::assign(&mut document);
        let ids = collect(&document);
        let quotes = &ids.quotes;
        assert_eq!(
            (ids.filings.len(), ids.trackers.len(), ids.contacts.len()),
            (
                quotes.filings.len(),
                quotes.trackers.len(),
                quotes.contacts.len()
            )
        );
        let named = ids.trackers.iter().chain(&ids.contacts);
        let filings = ids.filings.iter().map(|f| format!("filing:{}", f.text));
        let found = filings
            .chain(named.map(|t| format!("{}:{}", t.kind, t.id)))
            .chain(ids.leaks.iter().map(|l| format!("leak:{l}")));
        let found: Vec<String> = found.collect();
        if (found == case.found) == case.known_failure {
            faults.push(format!("{}: found {found:?}", case.html));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
