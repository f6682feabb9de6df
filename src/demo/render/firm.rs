//! Honest repairers, brand owners and shops.

use super::super::bank::sentences;
use super::super::bank::sentences::shop_story;
use super::super::host::Firm;
use super::super::truth::Kind;
use super::Leaf;
use super::chrome;
use super::sheet::Sheet;

/// Name, address and numbers of a firm.
fn contact(firm: &Firm, sheet: &mut Sheet) {
    let Firm {
        name,
        city,
        street,
        owner,
        phones,
        ..
    } = firm;
    sheet.element("p", name);
    sheet.element("p", &format!("地址:{city}市{street}"));
    for (i, phone) in phones.iter().enumerate() {
        let label = ["电话", "手机", "热线"][i.min(2)];
        let phone = sheet.plain(phone);
        sheet.element("p", &format!("{label}:{phone}"));
    }
    let surname: String = owner.chars().take(1).collect();
    let qq = 10_000_000 + sheet.rng.below(900_000_000);
    sheet.element("p", &format!("联系人:{surname}师傅 QQ:{qq}"));
}

pub(super) fn repairer(leaf: &Leaf, firm: &Firm, part: usize, sheet: &mut Sheet) {
    sheet.truth.kind = Kind::Repairer;
    let menu = chrome::menu(leaf, &["关于我们", "联系我们", "维修项目", "维修案例"]);
    // Home, about and contact come before one page for each brand that is repaired.
    let served = part.checked_sub(2).and_then(|i| firm.serves.get(i));
    let (title, products) = match served {
        Some((brand, product)) => {
            sheet.claim(brand, Some(product));
            (
                format!("{}{}{product}维修-{}", firm.city, brand.name, firm.name),
                vec![product],
            )
        }
        None => {
            let page = ["公司简介-", "联系我们-"]
                .get(part)
                .copied()
                .unwrap_or_default();
            (
                format!("{page}{}", firm.name),
                firm.serves.iter().map(|(_, p)| p).collect(),
            )
        }
    };
    let about = format!("{}家电维修", firm.city);
    chrome::open(leaf, sheet, &title, &about, &menu);
    sheet.element("h1", &title);
    if firm.loud {
        loud(firm, sheet);
    }
    if let Some(official) = firm.dealer_of.map(|i| &leaf.web.officials[i]) {
        let number = sheet.plain(&official.number);
        let name = &official.brand.name;
        sheet.element(
            "p",
            &format!("本店是{name}{}授权经销商,厂家客服热线:{number}", firm.city),
        );
    }
    for line in shop_story(&mut sheet.rng, &firm.city, &firm.street, &firm.owner) {
        sheet.element("p", &line);
    }
    if served.is_none() {
        for (brand, product) in &firm.serves {
            sheet.claim(brand, Some(product));
            sheet.element("li", &format!("{}{product}维修", brand.name));
        }
    }
    for product in products {
        let (question, answer) = sentences::question(&mut sheet.rng, product);
        sheet.element("p", &question);
        sheet.element("p", &answer);
    }
    for _ in 0..3 {
        let sentence = sheet.rng.pick(sheet.rng.words.boilerplate);
        sheet.element("p", sentence);
    }
    prices(sheet);
    contact(firm, sheet);
}

/// How some honest firms praise themselves too.
fn loud(firm: &Firm, sheet: &mut Sheet) {
    let (brand, product) = &firm.serves[0];
    for words in ["24小时服务热线", "报修电话", "维修热线"] {
        let phone = sheet.plain(&firm.phones[0]);
        sheet.element("p", &format!("{}{product}{words}:{phone}", brand.name));
    }
}

/// Prices, dates and model names: digits that are no numbers.
fn prices(sheet: &mut Sheet) {
    let mut rows = String::from("<tr><th>型号</th><th>价格</th><th>日期</th></tr>");
    for _ in 0..sheet.rng.within((4, 10)) {
        let rng = &mut sheet.rng;
        rows.push_str(&format!(
            "<tr><td>{}-{}</td><td>¥{}.00</td><td>2025/{}/{}</td></tr>",
            rng.token("ABCDEFGHKLMNPRSTXYZ", 3),
            1000 + rng.below(9000),
            80 + rng.below(3000),
            1 + rng.below(12),
            1 + rng.below(28),
        ));
    }
    sheet.element("table", &rows);
}

pub(super) fn official(leaf: &Leaf, brand: usize, part: usize, sheet: &mut Sheet) {
    sheet.truth.kind = Kind::Official;
    let official = &leaf.web.officials[brand];
    let name = &official.brand.name;
    let product = official.products[sheet.rng.below(official.products.len())];
    sheet.claim(&official.brand, None);
    let heading = match part {
        0 => "售后服务",
        1 => "三包政策",
        2 => "联系我们",
        3..=5 => product,
        _ => "首页",
    };
    let menu = chrome::menu(leaf, &["服务", "政策", "联系", "产品", "门店", "招聘"]);
    let title = format!("{heading} - {name}官方网站");
    chrome::open(leaf, sheet, &title, &format!("{name}官方网站"), &menu);
    sheet.element("h1", &format!("{name}{heading}"));
    match part {
        0 | 1 => {
            sheet.element(
                "p",
                &format!("{name}服务条款适用于在中国大陆地区销售的产品。"),
            );
            for rule in sheet.rng.words.warranty {
                sheet.element("p", rule);
            }
            let consumer = sheet.plain(super::super::CONSUMER_HOTLINE);
            sheet.element("p", &format!("如有争议,可以拨打{consumer}。"));
        }
        3..=5 => {
            let watts = 100 * sheet.rng.within((3, 30));
            let (width, height) = (sheet.rng.within((300, 1200)), sheet.rng.within((300, 1200)));
            sheet.element(
                "p",
                &format!(
                    "{name}{product}采用新一代变频技术,额定功率{watts}W,能效等级一级,机身尺寸{width}×{height}毫米。"
                ),
            );
            prices(sheet);
        }
        _ => {
            for product in &official.products {
                sheet.element("li", &format!("{name}{product}"));
            }
        }
    }
    let number = sheet.plain(&official.number);
    sheet.element("p", &format!("{name}全国客户服务热线:{number}"));
    sheet.element(
        "p",
        "本热线为本公司唯一官方服务电话,请认准官方网站公布的信息。",
    );
}

/// A page of an honest tenant of a shared host.
pub(super) fn shop(leaf: &Leaf, firm: &Firm, part: usize, sheet: &mut Sheet) {
    let goods = &firm.goods[part % firm.goods.len()];
    let menu = chrome::menu(leaf, &["供应信息", "公司介绍", "联系方式", "诚信档案"]);
    let title = format!("{}{goods}厂家-{}", firm.city, firm.name);
    chrome::open(leaf, sheet, &title, goods, &menu);
    sheet.element("h1", &title);
    let (area, lot) = (sheet.rng.within((500, 20_000)), sheet.rng.within((10, 500)));
    sheet.element(
        "p",
        &format!(
            "{}专业生产{goods},厂房面积{area}平方米,产品远销全国,支持来图定制,现货{lot}件起批。",
            firm.name
        ),
    );
    prices(sheet);
    for _ in 0..2 {
        let sentence = sheet.rng.pick(sheet.rng.words.boilerplate);
        sheet.element("p", sentence);
    }
    contact(firm, sheet);
}
