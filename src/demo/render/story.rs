//! Articles, wherever they stand; warnings; diaries.

use super::super::bank::articles::Article;
use super::super::truth::Kind;
use super::Leaf;
use super::chrome;
use super::sheet::Sheet;

/// Headline, paragraphs and credit line, as they are printed and as they are borrowed.
pub(super) fn body(article: &Article, sheet: &mut Sheet) {
    sheet.element("h2", &article.title);
    for paragraph in &article.paragraphs {
        sheet.element("p", paragraph);
    }
    sheet.element("p", &article.credit);
}

fn date(sheet: &mut Sheet) -> String {
    format!(
        "2026-{:02}-{:02} {:02}:{:02}",
        1 + sheet.rng.below(11),
        1 + sheet.rng.below(28),
        sheet.rng.below(24),
        sheet.rng.below(60)
    )
}

pub(super) fn article(leaf: &Leaf, story: usize, sheet: &mut Sheet) {
    let article = &leaf.web.articles[story];
    sheet.truth.article = Some(story);
    let menu = chrome::menu(leaf, &["要闻", "社会", "民生", "文化", "体育"]);
    chrome::open(leaf, sheet, &article.title, &article.title, &menu);
    let date = date(sheet);
    sheet.element(
        "div class=\"info\"",
        &format!("{date} 阅读 {}", 300 + story * 7),
    );
    body(article, sheet);
    related(leaf, sheet);
}

fn related(leaf: &Leaf, sheet: &mut Sheet) {
    sheet.put("<ul class=\"related\">");
    for page in leaf.siblings(8) {
        let words = match page.sort {
            super::Sort::Article(story) => leaf.web.articles[story].title.clone(),
            super::Sort::Warning(_) => "消费提醒:当心冒牌售后电话".to_owned(),
            _ => "更多内容".to_owned(),
        };
        let link = chrome::link(&leaf.host.look, &page.path);
        sheet.element("li", &format!("<a href=\"{link}\">{words}</a>"));
    }
    sheet.put("</ul>\n");
}

/// Quotes a spam number and the official one side by side.
pub(super) fn warning(leaf: &Leaf, operator: usize, sheet: &mut Sheet) {
    sheet.truth.kind = Kind::Warning;
    let numbers = &leaf.web.operators[operator].numbers;
    let official = sheet.rng.of_slice(&leaf.web.officials).clone();
    sheet.claim(&official.brand, None);
    let brand = &official.brand.name;
    let title = format!("冒充{brand}售后 “400热线”套路多 消费者当心");
    let menu = chrome::menu(leaf, &["要闻", "维权", "民生", "曝光台"]);
    chrome::open(leaf, sheet, &title, "消费维权 售后陷阱", &menu);
    sheet.element("h1", &title);
    let date = date(sheet);
    sheet.element("div class=\"info\"", &date);
    for template in sheet.rng.words.warning {
        let mut text = String::new();
        for c in template.chars() {
            match c {
                '#' => {
                    let reported = sheet.rng.of_slice(numbers).clone();
                    text.push_str(&sheet.plain(&reported));
                }
                '&' => text.push_str(&sheet.plain(&official.number)),
                '^' => text.push_str(brand),
                c => text.push(c),
            }
        }
        if text.contains(super::super::CONSUMER_HOTLINE) {
            let hotline = super::super::CONSUMER_HOTLINE;
            sheet
                .truth
                .note(hotline, super::super::Disguise::Plain, hotline.to_owned());
        }
        sheet.element("p", &text);
    }
    let editor = sheet.rng.pick(sheet.rng.words.people);
    sheet.element("p", &format!("编辑:{editor}"));
    related(leaf, sheet);
}

/// A diary entry, a passed-on article, or a grievance that names a number.
pub(super) fn post(leaf: &Leaf, part: usize, sheet: &mut Sheet) {
    let menu = chrome::menu(leaf, &["日志", "相册", "留言"]);
    let story = sheet.rng.below(leaf.web.articles.len());
    let article = &leaf.web.articles[story];
    match part % 3 {
        0 => {
            let title = format!("转载:{}", article.title);
            chrome::open(leaf, sheet, &title, &title, &menu);
            sheet.truth.article = Some(story);
            body(article, sheet);
        }
        1 => {
            let title = "周末散记";
            chrome::open(leaf, sheet, title, title, &menu);
            sheet.element("h1", title);
            for _ in 0..5 {
                let person = sheet.rng.pick(sheet.rng.words.people);
                let thing = sheet.rng.pick(sheet.rng.words.goods);
                let hours = sheet.rng.within((2, 9));
                sheet.element(
                    "p",
                    &format!(
                        "早上和{person}约好去看{thing},路上走了{hours}个小时,午饭在路边的小馆子随便吃了一点,\
                         回来的时候天已经黑了,写下来留个念想。"
                    ),
                );
            }
        }
        _ => {
            let title = "家里的机器坏了,记一次糟心的维修";
            chrome::open(leaf, sheet, title, title, &menu);
            sheet.element("h1", title);
            if let Some(operator) = leaf
                .web
                .operators
                .get(part % leaf.web.operators.len().max(1))
            {
                let number = operator.numbers[0].clone();
                let number = sheet.plain(&number);
                sheet.truth.kind = Kind::Warning;
                sheet.element(
                    "p",
                    &format!(
                        "网上随手搜到一个号码{number},来的人换了个电容收了我六百八,没过两天又坏了,\
                         再打过去就没有人接了,大家千万不要相信。"
                    ),
                );
            }
        }
    }
    related(leaf, sheet);
}
