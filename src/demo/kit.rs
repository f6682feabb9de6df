//! Page generators ("kits"): the part of a spam page that its operator did not choose.

use super::bank::{places, sentences};
use super::options::Options;
use super::rng::{self, Rng};

/// A run of lines of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// A number without a brand.
    Phone,
    /// Brand lines without a number.
    Brand(usize),
    /// Brand lines with one number.
    BrandPhone(usize),
    /// Brand lines with the number twice.
    BrandPhoneTwice(usize),
    Promises(usize),
    /// Promises numbered ①–⑧.
    Rules(usize),
    Regions(usize),
    Questions(usize),
    /// Brand, product and number in a table.
    Table,
    /// Numbered steps of a service visit.
    Steps,
}

/// How a kit names its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlGrammar {
    /// `/php/k3JxQ0aBcDeFgH-123.html`
    TokenSerial,
    /// `/redian/OkaDbzbonZ.html`
    Token,
    /// `/news/48232506.htm`
    Serial,
    /// `/show.php?id=123`
    Query,
    /// `/2026/1103/4821.html`
    Dated,
    /// `/zixun/4821/`
    Folder,
}

/// How blocks are marked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    Paragraphs,
    Divs,
    Breaks,
    Items,
}

/// One generator.
#[derive(Debug, Clone)]
pub struct Kit {
    pub layout: Vec<Block>,
    pub urls: UrlGrammar,
    pub folder: String,
    pub markup: Markup,
    /// Marks the kit's class names.
    pub prefix: String,
    /// `@` is the brand with its product.
    pub titles: Vec<String>,
    /// `@` is the brand with its product.
    pub brand_lines: Vec<String>,
    /// What stands around one number, `#`.
    pub single: String,
    /// What stands around the same number twice, both `#`.
    pub double: String,
    /// Lines with a number but no brand.
    pub phone_lines: Vec<String>,
    /// Header lines of each skin.
    pub headers: Vec<Vec<String>>,
    /// `@` is the brand with its product.
    pub region_caption: String,
    pub promises: Vec<String>,
    pub regions: Vec<String>,
    pub steps: Vec<String>,
    /// Where every site of the kit reports, too, as its maker wants to know.
    pub account: Option<String>,
}

pub const DOUBLES: &[&str] = &[
    "(1)#(点击咨询)(2)#(点击咨询)",
    "①#②#",
    "【1】#【2】#",
    "电话一:# 电话二:#",
    "#(温馨提示:即可拨打)#(人工在线)",
    "1.# 2.#",
    "(a)#--(b)#",
    "# / #",
    "热线①:#(24h) 热线②:#(24h)",
];

pub const SINGLES: &[&str] = &[
    ":#",
    "#(点击咨询)",
    "【#】",
    "☎#",
    "(#)",
    ":# (24小时)",
    "→#←",
    "Tel:#",
    "热线#转人工",
    "#转8",
];

pub const PHONE_LINES: &[&str] = &[
    "400服务电话:#(点击咨询)",
    "全国统一客服#",
    "报修专线#欢迎拨打",
    "24小时值班电话#",
    "总部监督电话:#",
    "服务热线/#",
    "点击右边热线#在线解答",
    "报修请拨#",
    "紧急抢修:#",
];

pub const HEADERS: &[&str] = &[
    "24小时故障咨询电话 点击右边热线",
    "全国报修 有问题 必受理",
    "各城区设有服务点 就近派人",
    "在线报修 随时受理 专人跟进",
    "用户登记通道已经开启",
    "统一调度平台 明码标价",
    "假日照常服务 欢迎来电",
    "一站式报修 受理中",
];

pub const CAPTIONS: &[&str] = &[
    "@维修服务电话全国服务区域:",
    "@售后服务覆盖范围如下",
    "@各地报修网点一览:",
    "@服务城市(不断增加中):",
    "@上门区域查询:",
];

pub const STEPS: &[&str] = &[
    "拨打热线登记故障",
    "话务员核对地址",
    "系统就近派单",
    "师傅电话确认时间",
    "上门检测并报价",
    "用户同意后维修",
    "试机验收",
    "付款并领取凭证",
    "回访评价",
    "建立档案",
    "提供保养建议",
];

pub const FOLDERS: &[&str] = &[
    "php", "pos", "blog", "redian", "zixun", "news", "jiadian", "wx", "fuwu", "a",
];

impl Kit {
    /// Draws a generator. Equal arguments give an equal kit.
    pub fn invent(options: &Options, id: usize) -> Self {
        let words = options.words;
        let mut rng = Rng::with(words, &[options.seed, 0x004b_4954, id as u64]);
        let rng = &mut rng;
        let services = rng.sample(words.service, 9);
        let tails = rng.sample(words.line_tail, 8);
        let phrase = |rng: &mut Rng| format!("{}{}", rng.pick(&services), rng.pick(&tails));
        let brand_lines = (0..18)
            .map(|_| match rng.below(4) {
                0 => format!("@{}/{}", phrase(rng), phrase(rng)),
                1 => format!("@{}", rng.pick(&tails)),
                _ => format!("@{}", phrase(rng)),
            })
            .collect();
        let decorations = rng.sample(words.title_tail, 4);
        let titles = (0..7)
            .map(|_| format!("@{}{}", phrase(rng), rng.pick(&decorations)))
            .collect();
        let promises = promises(rng, options);
        // A stream of its own: webs without such accounts stay what they are.
        let mut maker = Rng::with(words, &[options.seed, 0x4d41_4b45, id as u64]);
        let account = maker.chance(options.kit_accounts);
        Kit {
            account: account.then(|| maker.token(rng::HEX, 32)),
            layout: layout(rng),
            urls: *rng.of_slice(&[
                UrlGrammar::TokenSerial,
                UrlGrammar::Token,
                UrlGrammar::Serial,
                UrlGrammar::Query,
                UrlGrammar::Dated,
                UrlGrammar::Folder,
            ]),
            folder: rng.pick(words.folders).to_owned(),
            markup: *rng.of_slice(&[
                Markup::Paragraphs,
                Markup::Divs,
                Markup::Breaks,
                Markup::Items,
            ]),
            prefix: rng.token(rng::LOWER, 3),
            titles,
            brand_lines,
            single: rng.pick(words.singles).to_owned(),
            double: rng.pick(words.doubles).to_owned(),
            phone_lines: owned(&rng.sample(words.phone_lines, 3)),
            headers: (0..options.skins.max(1))
                .map(|_| {
                    let lines = rng.below(3);
                    owned(&rng.sample(words.headers, lines))
                })
                .collect(),
            region_caption: rng.pick(words.captions).to_owned(),
            promises,
            regions: places::region_bank(rng, 90, 0.01),
            steps: owned(&rng.sample(words.steps, 6)),
        }
    }

    /// The path of the page with this serial number.
    pub fn path(&self, rng: &mut Rng, serial: usize) -> String {
        let folder = &self.folder;
        match self.urls {
            UrlGrammar::TokenSerial => {
                let token = rng.token(rng::ALNUM, 14);
                format!("/{folder}/{token}-{:03}.html", serial % 1000)
            }
            UrlGrammar::Token => format!("/{folder}/{}.html", rng.token(rng::ALNUM, 10)),
            UrlGrammar::Serial => {
                format!("/{folder}/{}.htm", 48_200_000 + serial * 7 + rng.below(7))
            }
            UrlGrammar::Query => format!("/{folder}/show.php?id={}", 1000 + serial),
            UrlGrammar::Dated => format!(
                "/{folder}/2026/{:02}{:02}/{}.html",
                1 + rng.below(11),
                1 + rng.below(28),
                4000 + serial
            ),
            UrlGrammar::Folder => format!("/{folder}/{}/", 1000 + serial),
        }
    }
}

/// The kit's own promises, some of them replaced by those that every kit has.
fn promises(rng: &mut Rng, options: &Options) -> Vec<String> {
    let mut promises = sentences::promise_bank(rng, 64);
    let mut common = Rng::with(options.words, &[options.seed, 0x434f_4d4d_4f4e]);
    let shared = sentences::promise_bank(&mut common, 64);
    for (own, shared) in promises.iter_mut().zip(shared) {
        if rng.chance(options.shared_banks) {
            *own = shared;
        }
    }
    promises
}

/// A phone line first, then one or two rounds of brand lines, promises and regions.
fn layout(rng: &mut Rng) -> Vec<Block> {
    let mut round = vec![
        Block::Brand(rng.within((1, 3))),
        Block::BrandPhoneTwice(rng.within((1, 3))),
        Block::Promises(rng.within((3, 7))),
        Block::Regions(rng.within((8, 16))),
    ];
    if rng.chance(0.5) {
        round.push(Block::BrandPhone(rng.within((1, 2))));
    }
    if rng.chance(0.4) {
        round.push(Block::Questions(rng.within((2, 3))));
    }
    if rng.chance(0.3) {
        round.push(Block::Rules(rng.within((4, 8))));
    }
    if rng.chance(0.35) {
        round.push(Block::Table);
    }
    if rng.chance(0.35) {
        round.push(Block::Steps);
    }
    rng.shuffle(&mut round);
    let mut layout = vec![Block::Phone];
    layout.extend(&round);
    if rng.chance(0.6) {
        layout.push(Block::Brand(rng.within((1, 2))));
        layout.extend(
            round
                .iter()
                .filter(|b| !matches!(b, Block::Table | Block::Steps | Block::Questions(_))),
        );
    }
    if rng.chance(0.5) {
        layout.push(Block::Phone);
    }
    layout
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kits_differ_and_repeat() {
        let options = Options::tiny();
        let (a, b) = (Kit::invent(&options, 0), Kit::invent(&options, 1));
        assert_ne!(a.promises, b.promises);
        assert!(a.regions.iter().all(|line| !b.regions.contains(line)));
        assert_eq!(a.layout, Kit::invent(&options, 0).layout);
    }

    #[test]
    fn shared_banks_are_a_knob() {
        let shared = |share| {
            let options = Options {
                shared_banks: share,
                ..Options::tiny()
            };
            let (a, b) = (Kit::invent(&options, 0), Kit::invent(&options, 1));
            a.promises.iter().filter(|s| b.promises.contains(s)).count()
        };
        assert_eq!(shared(0.0), 0);
        assert!(shared(0.9) > 20, "{}", shared(0.9));
    }
}
