//! The generated page that poses as a brand's service.

use super::super::bank::names::Brand;
use super::super::bank::{places, sentences};
use super::super::disguise::Disguise;
use super::super::host::SpamSite;
use super::super::kit::{Block, Kit, Markup};
use super::super::truth::Kind;
use super::super::web::Operator;
use super::chrome::{self, Entry};
use super::sheet::Sheet;
use super::{Leaf, story};

/// What the whole page keeps to.
struct Job<'a> {
    kit: &'a Kit,
    operator: &'a Operator,
    /// Brand and product as lines begin with them.
    lead: String,
    number: &'a str,
    /// How occurrences in the body are written, and whether all of them are.
    disguise: Disguise,
    always: bool,
    synonyms: f64,
}

impl Job<'_> {
    fn number(&self, sheet: &mut Sheet) -> String {
        let disguised = self.always || sheet.rng.chance(0.5);
        match self.disguise.stand_in() {
            Some(stand_in) if disguised => stand_in.to_owned(),
            _ if disguised => sheet.number(self.number, self.disguise),
            _ => sheet.plain(self.number),
        }
    }

    /// A template with `@` for the brand and `#` for the number.
    fn fill(&self, sheet: &mut Sheet, template: &str) -> String {
        let mut out = String::with_capacity(template.len() + 48);
        for part in template.split_inclusive(['@', '#']) {
            match part.as_bytes().last() {
                Some(b'@') => {
                    out.push_str(&part[..part.len() - 1]);
                    out.push_str(&self.lead);
                }
                Some(b'#') => {
                    out.push_str(&part[..part.len() - 1]);
                    out.push_str(&self.number(sheet));
                }
                _ => out.push_str(part),
            }
        }
        out
    }

    fn line(&self, sheet: &mut Sheet, template: &str) {
        let text = self.fill(sheet, template);
        match self.kit.markup {
            Markup::Paragraphs => sheet.element("p", &text),
            Markup::Divs => {
                let tag = format!("div class=\"{}-l\"", self.kit.prefix);
                sheet.element(&tag, &text);
            }
            Markup::Breaks => {
                sheet.put(&text);
                sheet.put("<br />\n");
            }
            Markup::Items => sheet.element("li", &text),
        }
    }

    fn brand_line(&self, sheet: &mut Sheet, numbers: usize) {
        let template = sheet.rng.of_slice(&self.kit.brand_lines).clone();
        let tail = ["", self.kit.single.as_str(), self.kit.double.as_str()][numbers.min(2)];
        self.line(sheet, &format!("{template}{tail}"));
    }
}

/// One hotline page of a site (or tenant).
pub(super) fn page(leaf: &Leaf, site: &SpamSite, sheet: &mut Sheet) {
    let web = leaf.web;
    let options = &web.options;
    let operator = &web.operators[site.operator];
    let kit = &web.kits[site.kit];
    sheet.truth.kind = Kind::Hotline;
    sheet.truth.operator = Some(site.operator);
    sheet.truth.kit = Some(site.kit);
    let brand = sheet.rng.of_slice(&operator.brands).clone();
    let product = sheet
        .rng
        .chance(0.94)
        .then(|| sheet.rng.pick(sheet.rng.words.products));
    let which = if !site.any_number && sheet.rng.chance(0.6) {
        0
    } else {
        sheet.rng.below(site.numbers.len())
    };
    let disguised = sheet.rng.chance(options.disguises);
    let scrubbed = sheet.rng.chance(options.scrub_brands);
    let job = Job {
        kit,
        operator,
        lead: lead(&brand, product, scrubbed),
        number: &operator.numbers[site.numbers[which]],
        disguise: if disguised {
            *sheet.rng.of_slice(&operator.disguises)
        } else {
            Disguise::Plain
        },
        always: sheet.rng.chance(0.6),
        synonyms: options.synonyms,
    };
    if scrubbed {
        sheet.claim(&brand, None);
    } else {
        sheet.claim(&brand, product);
    }
    let title = title(&job, sheet);
    let about = format!("{}售后,{}维修", job.lead, brand.name);
    let words = ["服务项目", "网点查询", "维修资讯", "常见问题", "联系方式"];
    chrome::open(leaf, sheet, &title, &about, &chrome::menu(leaf, &words));
    if sheet.rng.chance(0.7) {
        let heading = kit.titles[0].clone();
        let heading = heading.replace('@', &job.lead);
        sheet.element("h1", &heading);
    }
    for header in kit.headers[site.skin % kit.headers.len()].clone() {
        sheet.element("h3", &header);
    }
    if site.leaky {
        leak(&job, &brand, sheet);
    }
    if sheet.rng.chance(options.noise) {
        noise(&job, sheet);
    }
    if scrubbed {
        sheet.element("p", &format!("{}售后服务", brand.name));
    }
    blocks(&job, options.shuffle_blocks, product, sheet);
    citations(leaf, &job, sheet);
    quotations(leaf, &job, &brand, site.operator, sheet);
    if sheet.rng.chance(options.borrow_articles) {
        let story = sheet.rng.below(web.articles.len());
        sheet.truth.article = Some(story);
        story::body(&web.articles[story], sheet);
    }
    friend_links(leaf, site, sheet);
}

fn title(job: &Job, sheet: &mut Sheet) -> String {
    let template = sheet.rng.of_slice(&job.kit.titles).clone();
    let mut title = template.replace('@', &job.lead);
    if sheet.rng.chance(0.08) {
        let city = sheet.rng.of_slice(places::AREA_CODES).0;
        title.insert_str(0, city);
    }
    if sheet.rng.chance(0.3) && (job.disguise.is_text() || !job.always) {
        let disguise = if job.disguise.is_text() {
            job.disguise
        } else {
            Disguise::Plain
        };
        let number = sheet.number(job.number, disguise);
        title.push_str(&format!("({number})"));
    }
    title
}

/// The kit's blocks, now and then in another order.
fn blocks(job: &Job, shuffle: f64, product: Option<&str>, sheet: &mut Sheet) {
    let mut layout = job.kit.layout.clone();
    if sheet.rng.chance(shuffle) {
        sheet.rng.shuffle(&mut layout);
    }
    if job.kit.markup == Markup::Items {
        sheet.put("<ul>\n");
    }
    // A number that hides in a link or a script is there at least once.
    if job.disguise != Disguise::Plain {
        let number = sheet.number(job.number, job.disguise);
        sheet.element("div", &format!("报修热线 {number}"));
    }
    for block in layout {
        match block {
            Block::Phone => {
                let template = sheet.rng.of_slice(&job.kit.phone_lines).clone();
                job.line(sheet, &template);
            }
            Block::Brand(lines) => (0..lines).for_each(|_| job.brand_line(sheet, 0)),
            Block::BrandPhone(lines) => (0..lines).for_each(|_| job.brand_line(sheet, 1)),
            Block::BrandPhoneTwice(lines) => (0..lines).for_each(|_| job.brand_line(sheet, 2)),
            Block::Promises(lines) => {
                for i in sheet.rng.choose(job.kit.promises.len(), lines) {
                    let promise = &job.kit.promises[i];
                    let promise = sentences::respin(&mut sheet.rng, promise, job.synonyms);
                    job.line(sheet, &promise);
                }
            }
            Block::Rules(lines) => {
                let rules = sheet.rng.choose(job.kit.promises.len(), lines);
                for (i, marker) in rules.into_iter().zip("①②③④⑤⑥⑦⑧".chars()) {
                    job.line(sheet, &format!("{marker}{}", job.kit.promises[i]));
                }
            }
            Block::Regions(lines) => {
                job.line(sheet, &job.kit.region_caption);
                for i in sheet.rng.choose(job.kit.regions.len(), lines) {
                    job.line(sheet, &job.kit.regions[i]);
                }
            }
            Block::Questions(count) => {
                for _ in 0..count {
                    let product = product.unwrap_or("机器");
                    let (question, answer) = sentences::question(&mut sheet.rng, product);
                    job.line(sheet, &question);
                    job.line(sheet, &answer);
                }
            }
            Block::Table => table(job, sheet),
            Block::Steps => {
                for (i, step) in job.kit.steps.iter().enumerate() {
                    job.line(sheet, &format!("第{}步 {step}", i + 1));
                }
            }
        }
    }
    if job.kit.markup == Markup::Items {
        sheet.put("</ul>\n");
    }
}

fn table(job: &Job, sheet: &mut Sheet) {
    let number = job.number(sheet);
    let lead = &job.lead;
    let rows = [
        ("服务品牌", lead.as_str()),
        ("服务电话", number.as_str()),
        ("服务时间", "全年无休 00:00-24:00"),
        ("上门费", "市区30-50元"),
    ];
    let rows: String = rows
        .iter()
        .map(|(name, value)| format!("<tr><td>{name}</td><td>{value}</td></tr>"))
        .collect();
    sheet.element("table border=\"1\"", &rows);
}

/// What real service pages also say: somebody else's number, and the law.
fn citations(leaf: &Leaf, job: &Job, sheet: &mut Sheet) {
    let options = &leaf.web.options;
    if let Some(official) = leaf.web.officials.first()
        && sheet.rng.chance(options.cite_official)
    {
        let cited = sheet.plain(&official.number);
        let consumer = sheet.plain(super::super::CONSUMER_HOTLINE);
        job.line(
            sheet,
            &format!("行业监督电话:{cited},消费者维权请拨打{consumer}"),
        );
    }
    if sheet.rng.chance(options.cite_warranty) {
        let rules = sheet.rng.within((3, sheet.rng.words.warranty.len()));
        for rule in &sheet.rng.words.warranty[..rules] {
            job.line(sheet, rule);
        }
    }
    if sheet.rng.chance(0.5) {
        let sentence = sheet.rng.pick(sheet.rng.words.boilerplate);
        job.line(sheet, sentence);
    }
}

/// The brand's true number, to look genuine; a rival's, to be rid of it.
fn quotations(leaf: &Leaf, job: &Job, brand: &Brand, operator: usize, sheet: &mut Sheet) {
    let (web, options) = (leaf.web, &leaf.web.options);
    let owner = web.officials.iter().find(|o| o.brand == *brand);
    if let Some(owner) = owner
        && sheet.rng.chance(options.cite_owner)
    {
        let times = if sheet.rng.chance(options.cite_prominently) {
            8
        } else {
            1
        };
        for _ in 0..times {
            let number = sheet.plain(&owner.number);
            job.line(sheet, &format!("{}总部电话:{number}", brand.name));
        }
    }
    let rivals = web.operators.len();
    if rivals > 1 && sheet.rng.chance(options.quote_rivals) {
        let rival = (operator + 1 + sheet.rng.below(rivals - 1)) % rivals;
        let number = sheet.plain(&web.operators[rival].numbers[0]);
        job.line(sheet, &format!("谨防假冒:{number}不是本中心电话,请勿拨打"));
    }
}

/// Brand and product as lines begin with them; the product alone on pages that hide whose they are.
fn lead(brand: &Brand, product: Option<&str>, scrubbed: bool) -> String {
    match (scrubbed, product) {
        (true, product) => product.unwrap_or("家电").to_owned(),
        (false, product) => format!("{}{}", brand.name, product.unwrap_or_default()),
    }
}

/// What a generator lets slip: a warning with a server path, a placeholder, another brand.
fn leak(job: &Job, brand: &Brand, sheet: &mut Sheet) {
    let prefix = &job.kit.prefix;
    match sheet.rng.below(3) {
        0 => sheet.put(&format!(
            "<br />\n<b>Warning</b>: file_get_contents(/www/{prefix}seo/data/juzi.txt): failed to open stream: \
             No such file or directory in <b>/www/{prefix}seo/inc/tpl_{prefix}.php</b> on line <b>{}</b><br />\n",
            20 + prefix.len()
        )),
        1 => sheet.element("p", &format!("{{随机{prefix}目录}}{{标题1}}")),
        _ => {
            let other = sheet.rng.of_slice(&job.operator.brands).clone();
            if other != *brand {
                sheet.claim(&other, None);
                sheet.element("p", &format!("{}售后服务电话", other.name));
            }
        }
    }
}

/// What is meant for search engines, or against filters.
fn noise(job: &Job, sheet: &mut Sheet) {
    let name = job.lead.clone();
    match sheet.rng.below(3) {
        0 => sheet.element(
            "p",
            &format!("{name}售(shou)后(hou)维(wei)修(xiu)电(dian)话(hua)"),
        ),
        1 => sheet.element("p", &format!("{name}售後維修服務電話,全國統一客服熱線")),
        _ => {
            let words: String = (0..12)
                .map(|_| format!("{} ", sheet.rng.pick(sheet.rng.words.products)))
                .collect();
            sheet.element(
                "div style=\"display:none\"",
                &format!("{words}售后电话大全"),
            );
        }
    }
}

fn friend_links(leaf: &Leaf, site: &SpamSite, sheet: &mut Sheet) {
    let look = &leaf.host.look;
    let siblings = leaf.siblings(6);
    let mut links: Vec<Entry> = siblings
        .iter()
        .enumerate()
        .map(|(i, page)| (chrome::link(look, &page.path), format!("相关阅读{}", i + 1)))
        .collect();
    let friends = leaf.friends(site, &mut sheet.rng);
    links.extend(
        friends
            .into_iter()
            .enumerate()
            .map(|(i, host)| (format!("http://{host}/"), format!("友情链接{}", i + 1))),
    );
    let links: String = links
        .iter()
        .map(|(url, words)| format!("<a href=\"{url}\">{words}</a> "))
        .collect();
    sheet.element("div class=\"links\"", &links);
}
