//! Pages that list: homes, directories, the calendar, and the forbidden page.

use super::super::host::{Role, Sort, TenantKind};
use super::super::rng;
use super::super::truth::Kind;
use super::Leaf;
use super::chrome;
use super::sheet::Sheet;

/// The words that a link to a page carries.
fn words(leaf: &Leaf, sort: Sort) -> String {
    match (sort, &leaf.host.role) {
        (Sort::Article(story), _) => leaf.web.articles[story].title.clone(),
        (Sort::Warning(_), _) => "消费提醒:当心冒牌售后电话".to_owned(),
        (Sort::Shop { tenant, .. }, Role::Market(tenants) | Role::Mall(tenants)) => {
            match &tenants[tenant].kind {
                TenantKind::Honest(firm) => firm.name.clone(),
                TenantKind::Spam(_) => "品牌售后服务".to_owned(),
            }
        }
        (Sort::Part(part), _) => format!("第{}篇", part + 1),
        _ => "查看详情".to_owned(),
    }
}

/// The home page of an innocent host: links to all its pages.
pub(super) fn home(leaf: &Leaf, sheet: &mut Sheet) {
    let look = &leaf.host.look;
    let menu = chrome::menu(leaf, &["频道一", "频道二", "频道三", "频道四"]);
    chrome::open(leaf, sheet, &look.name, &look.name, &menu);
    sheet.element("h1", &look.name);
    sheet.put("<ul>\n");
    for page in &leaf.host.pages {
        let link = chrome::link(look, &page.path);
        let words = words(leaf, page.sort);
        sheet.element("li", &format!("<a href=\"{link}\">{words}</a>"));
    }
    if look.faults {
        for path in ["/slow.html", "/broken.html", "/gone.html", "/report.pdf"] {
            sheet.element("li", &format!("<a href=\"{path}\">附件</a>"));
        }
    }
    if let Role::Calendar = leaf.host.role {
        sheet.put("<li><a href=\"/cal/2026/11?view=month\">活动日历</a></li>\n");
    }
    // A market whose tenants have subdomains of their own lists them.
    if let Role::Market(_) = leaf.host.role {
        let suffix = format!(".{}", leaf.host.site);
        for host in leaf.web.hosts.iter().filter(|h| h.name.ends_with(&suffix)) {
            sheet.element("li", &format!("<a href=\"http://{}/\">商铺</a>", host.name));
        }
    }
    sheet.put("</ul>\n");
}

/// The home page of a spam site: a number, and links to the generated pages.
pub(super) fn spam_index(leaf: &Leaf, sheet: &mut Sheet) {
    let (Role::Spam(site) | Role::Pool(site)) = &leaf.host.role else {
        return home(leaf, sheet);
    };
    let operator = &leaf.web.operators[site.operator];
    let kit = &leaf.web.kits[site.kit];
    sheet.truth.kind = Kind::SpamIndex;
    sheet.truth.operator = Some(site.operator);
    sheet.truth.kit = Some(site.kit);
    let look = &leaf.host.look;
    let menu = chrome::menu(leaf, &["维修", "售后", "网点"]);
    chrome::open(leaf, sheet, &look.name, &look.name, &menu);
    for header in &kit.headers[site.skin % kit.headers.len()] {
        sheet.element("h3", header);
    }
    let number = operator.numbers[site.numbers[0]].clone();
    let number = sheet.plain(&number);
    let line = kit.phone_lines[0].replace('#', &number);
    sheet.element("p", &line);
    sheet.put("<ul>\n");
    for page in &leaf.host.pages {
        let link = chrome::link(look, &page.path);
        let product = sheet.rng.pick(sheet.rng.words.products);
        let service = sheet.rng.pick(sheet.rng.words.service);
        sheet.element("li", &format!("<a href=\"{link}\">{product}{service}</a>"));
    }
    sheet.put("</ul>\n");
    let friends = leaf.friends(site, &mut sheet.rng);
    for host in friends {
        sheet.element("span", &format!("<a href=\"http://{host}/\">友情链接</a>"));
    }
}

/// Hundreds of numbers: spam, official and honest ones side by side.
pub(super) fn directory(
    leaf: &Leaf,
    strangers: &[(String, String)],
    part: usize,
    sheet: &mut Sheet,
) {
    sheet.truth.kind = Kind::Directory;
    let title = format!("品牌客服电话大全 第{}页", part + 1);
    let menu = chrome::menu(leaf, &["家电", "锁具", "卫浴", "手表"]);
    chrome::open(leaf, sheet, &title, "客服电话", &menu);
    sheet.element("h1", &title);
    let mut rows: Vec<(String, String)> = Vec::new();
    for operator in &leaf.web.operators {
        for number in &operator.numbers {
            let brand = sheet.rng.of_slice(&operator.brands).clone();
            rows.push((brand.name.clone(), number.clone()));
        }
    }
    let officials = leaf.web.officials.iter();
    rows.extend(officials.map(|o| (o.brand.name.clone(), o.number.clone())));
    for host in &leaf.web.hosts {
        if let Role::Repairer(firm) = &host.role {
            rows.push((firm.name.clone(), firm.phones[0].clone()));
        }
    }
    let mut rows = sheet.rng.sample(&rows, 70);
    rows.extend(sheet.rng.sample(strangers, 60));
    sheet.rng.shuffle(&mut rows);
    sheet.put("<table>\n");
    for (name, number) in rows {
        let number = sheet.plain(&number);
        sheet.element("tr", &format!("<td>{name}</td><td>{number}</td>"));
    }
    sheet.put("</table>\n");
    let links: Vec<usize> = (0..leaf.web.hosts.len()).collect();
    for host in sheet.rng.sample(&links, 6) {
        let host = &leaf.web.hosts[host].name;
        sheet.element("span", &format!("<a href=\"http://{host}/\">相关网站</a>"));
    }
}

/// A directory's page about one number: whose it may be, and what people say of it.
pub(super) fn entry(leaf: &Leaf, strangers: &[(String, String)], entry: usize, sheet: &mut Sheet) {
    sheet.truth.kind = Kind::Directory;
    let web = leaf.web;
    let (name, number) = match entry % 3 {
        0 if !web.operators.is_empty() => {
            let operator = sheet.rng.of_slice(&web.operators);
            let brand = sheet.rng.of_slice(&operator.brands).name.clone();
            (brand, operator.numbers[0].clone())
        }
        1 if !web.officials.is_empty() => {
            let official = sheet.rng.of_slice(&web.officials);
            (official.brand.name.clone(), official.number.clone())
        }
        _ => sheet.rng.of_slice(strangers).clone(),
    };
    let title = format!("{name}客服电话是多少 - {}", leaf.host.look.name);
    let menu = chrome::menu(leaf, &["家电", "锁具", "卫浴", "手表"]);
    chrome::open(leaf, sheet, &title, "客服电话", &menu);
    sheet.element("h1", &format!("{name}客服电话"));
    let (first, second) = (sheet.plain(&number), sheet.plain(&number));
    let views = sheet.rng.within((40, 9_000));
    sheet.element(
        "p",
        &format!("{name}的电话号码:{first},由网友提交,已有{views}人查看。"),
    );
    sheet.element(
        "p",
        &format!("号码{second}是否有效?请登录以后留言纠错,本站不对号码的真实性负责。"),
    );
    for other in leaf.siblings(4) {
        let link = chrome::link(&leaf.host.look, &other.path);
        sheet.element("li", &format!("<a href=\"{link}\">其他号码</a>"));
    }
}

/// A month that leads to the next month, to other views of itself, and to itself under other
/// session ids.
pub(super) fn calendar(leaf: &Leaf, sheet: &mut Sheet) {
    let path = leaf.path.split('?').next().unwrap_or_default();
    let mut parts = path.trim_start_matches("/cal/").split('/');
    let mut number = |default: u32| {
        let part = parts.next().and_then(|p| p.parse().ok());
        part.unwrap_or(default)
    };
    let (year, month): (u32, u32) = (number(2026).min(9_999), number(11).min(12));
    let (next_year, next_month) = if month >= 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    let title = format!("{year}年{month}月活动安排");
    chrome::open(leaf, sheet, &title, "活动日历", &chrome::menu(leaf, &[]));
    let session = sheet.rng.token(rng::HEX, 16);
    for day in 1..=28 {
        sheet.element("td", &format!("{day}日 暂无活动"));
    }
    for link in [
        format!("/cal/{next_year}/{next_month}?view=month"),
        format!("/cal/{next_year}/{next_month}?sid={session}&amp;view=week"),
        format!("/cal/{year}/{month}?view=week&amp;sid={session}"),
        format!("/cal/{year}/{month}?sid={session}&amp;view=day"),
    ] {
        sheet.element("p", &format!("<a href=\"{link}\">翻页</a>"));
    }
}

/// What `robots.txt` asks robots not to fetch.
pub(super) fn private(leaf: &Leaf, sheet: &mut Sheet) {
    chrome::open(
        leaf,
        sheet,
        "会员中心",
        "会员中心",
        &chrome::menu(leaf, &[]),
    );
    sheet.element("p", "请先登录。");
}
