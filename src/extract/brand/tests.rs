use super::*;
use crate::extract::document::{Document, parse_text};
use crate::extract::number::{Found, Kind};

/// A page with its plain numbers noted, as the number stage would.
pub(in crate::extract) fn page(title: Option<&str>, text: &str) -> Document {
    let mut document = parse_text(title, text);
    document.title_numbers = numbers(&document.title);
    for line in &mut document.lines {
        line.numbers = numbers(&line.text);
    }
    document
}

fn numbers(text: &str) -> Vec<Found> {
    let pattern = regex::Regex::new(
        r"(?P<toll>[48]00-?[0-9]{3,4}-?[0-9]{3,4})|(?P<land>0[0-9]{2,3}-[0-9]{4}-?[0-9]{3,4})|(?P<mobile>1[3-9][0-9]{9})",
    )
    .unwrap();
    pattern
        .captures_iter(text)
        .map(|c| {
            let (m, kind) = match (c.name("toll"), c.name("land"), c.name("mobile")) {
                (Some(m), _, _) => (m, Kind::Shared400),
                (_, Some(m), _) => (m, Kind::Landline),
                (_, _, m) => (m.unwrap(), Kind::Mobile),
            };
            Found {
                number: m.as_str().replace('-', ""),
                kind,
                extension: None,
                range: m.range(),
            }
        })
        .collect()
}

#[derive(serde::Deserialize)]
struct Case {
    text: String,
    /// Members of a list are separated by a vertical bar, and all of them must be found. A single
    /// one is compared with the first found.
    brand: Option<String>,
    category: Option<String>,
    #[serde(default)]
    known_failure: bool,
}

impl Case {
    /// Whether brand and category are found as labelled, and what was found.
    fn judge(&self) -> ((bool, bool), Claim) {
        let claim = read_title(&self.text);
        let right = |label: &Option<String>, found: &[String]| match label {
            Some(list) if list.contains('|') => list.split('|').eq(found),
            label => label.as_ref() == found.first(),
        };
        let brand = right(&self.brand, &claim.brands);
        ((brand, right(&self.category, &claim.categories)), claim)
    }
}

fn cases(text: &str) -> Vec<Case> {
    text.lines()
        .filter(|l| !l.trim().is_empty())
        .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{l}: {e}")))
        .collect()
}

/// Share of right brands and of right categories, with the confusions printed.
fn score(cases: &[Case]) -> (f64, f64) {
    let (mut brands, mut categories) = (0, 0);
    for case in cases {
        let (right, found) = case.judge();
        brands += usize::from(right.0);
        categories += usize::from(right.1);
        if right != (true, true) {
            eprintln!(
                "{}: found {found:?}, labelled {:?} {:?}",
                case.text, case.brand, case.category
            );
        }
    }
    let n = cases.len() as f64;
    (brands as f64 / n, categories as f64 / n)
}

#[test]
fn labelled_titles_of_real_pages() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/data/titles-dev.jsonl"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: {path} is absent");
        return;
    };
    let (brand, category) = score(&cases(&text));
    eprintln!("brand {brand:.3} category {category:.3}");
    assert!(brand >= 0.95 && category >= 0.95);
}

#[test]
fn the_real_pages_claim_one_brand_each() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/seeds");
    let Ok(mut files) = std::fs::read_dir(dir).map(|d| d.flatten().collect::<Vec<_>>()) else {
        eprintln!("skipped: {dir} is absent");
        return;
    };
    files.sort_by_key(|f| f.path());
    let found: Vec<(String, Option<String>)> = files
        .iter()
        .flat_map(|f| mine(&mut page(None, &std::fs::read_to_string(f.path()).unwrap())))
        .map(|b| (b.brand, b.category))
        .collect();
    let pair = |b: &str, c: &str| (b.to_owned(), Some(c.to_owned()));
    assert_eq!(
        found,
        [
            pair("威诗迪", "智能锁"),
            pair("奥灯", "指纹锁"),
            pair("润虎", "保险柜")
        ]
    );
}

#[test]
fn labelled_titles_of_the_project() {
    let cases = cases(include_str!("../../../tests/data/titles.jsonl"));
    assert!(cases.len() >= 600);
    let (hard, plain): (Vec<_>, Vec<_>) = cases.into_iter().partition(|c| c.known_failure);
    let (brand, category) = score(&plain);
    eprintln!(
        "{} titles: brand {brand:.3} category {category:.3}",
        plain.len()
    );
    assert!(brand >= 1.0 && category >= 1.0);
    for case in hard {
        let (right, _) = case.judge();
        assert!(right != (true, true), "no failure any more: {}", case.text);
    }
}

fn mined(title: Option<&str>, text: &str) -> Vec<Brand> {
    mine(&mut page(title, text))
}

#[test]
fn a_brand_scrubbed_from_the_title_is_found_in_the_body() {
    let found = mined(
        Some("全国统一24小时售后服务热线"),
        "澜盾智能锁售后电话:400-7788-215\n澜盾智能锁全国客服\n澜盾维修网点查询",
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].brand.as_str(), found[0].category.as_deref()),
        ("澜盾", Some("智能锁"))
    );
}

#[test]
fn a_pair_is_one_brand_in_either_order() {
    let found = mined(
        Some("诺瓦顿Lorsen空调售后服务电话"),
        "Lorsen[诺瓦顿]空调24小时服务热线400-7788-215\nLorsen[诺瓦顿]空调售后维修中心",
    );
    let names: Vec<&str> = found.iter().map(|b| b.brand.as_str()).collect();
    assert_eq!(names, ["诺瓦顿Lorsen"]);
}

/// A policy page of which only the prose has kept the name; news with a quotation claims none.
#[test]
fn a_brand_left_in_long_sentences_is_found_behind_their_colons() {
    let found = mined(
        Some("售后服务24小时热线"),
        "咨询电话:400-7788-215\n\
         产品保修期:澜盾智能锁通常享有两年的质保。质保从哪一天算起,要看购买和安装的时间,以先到的为准,发票是唯一的凭证。\n\
         专业维修团队:澜盾智能锁拥有受过训练、持证上岗的售后团队,所有维修使用的配件都由原厂供应,质量和效率都有保证。",
    );
    let names: Vec<&str> = found.iter().map(|b| b.brand.as_str()).collect();
    assert_eq!(names, ["澜盾"]);
    let news = "记者了解到:市民在网上找售后电话,被收取高额费用。业内人士表示,消费者应当认准官方渠道,遇到问题及时向有关部门反映。\n";
    assert_eq!(mined(Some("网上找售后要小心"), &news.repeat(3)), []);
}

#[test]
fn a_brand_is_one_in_traditional_and_simplified_characters() {
    let brands = mined(
        Some("蒙特羅熱水器全國統一客服熱線"),
        "蒙特罗热水器售后维修电话",
    );
    let [brand] = brands.as_slice() else {
        panic!("{brands:?}");
    };
    assert_eq!(brand.brand, "蒙特羅");
    assert_eq!(brand.aliases, ["蒙特罗"]);
    assert_eq!(brand.count, 2);
}

#[test]
fn a_pair_is_one_brand_with_its_halves() {
    let found = mined(
        Some("洛森Lorsen冰箱/洗衣机售后报修24小时服务热线"),
        "洛森24小时客服电话\nLorsen冰箱维修电话400-7788-215\n洛森Lorsen洗衣机报修",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].brand, "洛森Lorsen");
    assert_eq!(found[0].category.as_deref(), Some("冰箱"));
    assert_eq!(found[0].categories, ["洗衣机"]);
    assert_eq!(found[0].aliases, ["洛森", "Lorsen"]);
}

/// What is right as it stands may be written with a bracket too, and a number in disguise is no
/// part of a name.
#[test]
fn brackets_and_disguised_numbers_keep_a_name_whole() {
    let found = mined(
        Some("洛森(Lorsen)智能锁售后"),
        "洛森(Lorsen)智能锁客服:4OO-7788-2l5\n洛森智能锁售后四零零七七八八二一五\n洛森热线",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].brand, "洛森(Lorsen)");
    assert_eq!(found[0].aliases, ["洛森", "Lorsen"]);
}

/// A line that is nothing but a claim is one, whatever else the page claims.
#[test]
fn a_brand_left_over_from_another_page_is_found() {
    let own = "澜盾智能锁售后电话400-7788-215\n".repeat(3) + "澜盾智能锁全国客服\n";
    let found = mined(
        Some("澜盾智能锁售后"),
        &(own + "科芮售后服务电话\n贝森壁挂炉维修"),
    );
    let names: Vec<&str> = found.iter().map(|b| b.brand.as_str()).collect();
    assert_eq!(names, ["澜盾", "科芮", "贝森"]);
}

#[test]
fn several_brands_come_out_as_several() {
    let found = mined(Some("海尔、洛森、贝澜空调维修电话"), "");
    let names: Vec<&str> = found.iter().map(|b| b.brand.as_str()).collect();
    assert_eq!(names, ["海尔", "洛森", "贝澜"]);
    assert!(found.iter().all(|b| b.category.as_deref() == Some("空调")));
    assert_eq!(
        read_title("海尔/美的/格力/洛森空调维修").brands,
        ["海尔", "美的", "格力", "洛森"]
    );
}

#[test]
fn occurrences_are_counted_over_title_and_lines() {
    let brands = mine(&mut page(
        Some("澜盾智能锁售后电话"),
        "澜盾智能锁客服热线\n拨打澜盾热线，澜盾为您服务。",
    ));
    assert_eq!((brands.len(), brands[0].count), (1, 4));
}

#[test]
fn pages_that_claim_no_brand_give_none() {
    for (title, text) in [
        (None, ""),
        (
            Some("家电维修"),
            "空调维修\n冰箱维修\n洗衣机维修\n上门服务电话",
        ),
        (
            Some("联系我们"),
            "联系人：王经理 电话：13512345678\n地址：建设路3号",
        ),
        (
            Some("福州轴承座厂家-福州金桥制品厂"),
            "福州金桥制品厂专业生产轴承座\n地址:福州市东风路340号\n电话:0591-22833318",
        ),
        (
            Some("便民售后网"),
            "节假日不休,一个电话全部搞定\n让信任从第一通电话开始。\n一站搞定,客服电话随时恭候\n\
             夜间报修同样有人受理\n夜间报修同样有人受理!\n夜间报修有人受理\n夜间报修",
        ),
        (
            Some("账单里的秘密"),
            "近日，周女士翻出半年来的账单，对其中的三项增值业务感到不解，她拨打了客服电话。",
        ),
    ] {
        assert_eq!(mined(title, text), [], "{title:?}");
    }
}

#[test]
fn a_page_reports_sixteen_brands_at_most() {
    let text: String = ('甲'..='龟')
        .filter(|c| crate::extract::region::is_han(*c))
        .step_by(40)
        .take(300)
        .map(|c| format!("{c}{c}智能锁售后电话400-7788-215\n"))
        .collect();
    assert!(mine(&mut page(None, &text)).len() <= 16);
}

/// Small letters name nobody in a foreign sentence.
#[test]
fn a_call_in_a_program_is_no_hotline() {
    let text = "When you see a macro call, expand it.\nThe macro call ends here.\n".repeat(4);
    assert_eq!(mined(Some("Macros by example"), &text), []);
    assert_eq!(
        mined(Some("losenton智能锁售后电话"), "")[0].brand,
        "losenton"
    );
}

/// Long titles are cut, and the cut may go through a number.
#[test]
fn a_title_that_is_cut_inside_a_number_is_read() {
    for filler in 540..=580 {
        let filling = "·".to_owned() + &"b".repeat(filler) + "·";
        let title = format!("Losenton智能锁售后{filling}洛森顿400-778-8215");
        assert_eq!(mined(Some(&title), "")[0].brand, "Losenton", "{filler}");
    }
}

const ALPHABET: &str = "[海尔美的洛森澜盾北京上海空调智能锁保险柜售后服务热线电话全国维修一种的和TCLab.·/、,，:：()（）【】 \n0-9400-]{0,120}";

proptest::proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,300}", field in ALPHABET) {
        read_title(&text);
        read_title(&field);
        read_title(&field.repeat(6));
        let lines = format!("{field}\n{text}\n{field}{text}");
        let mut document = page(Some(&text), &lines);
        let brands = mine(&mut document);
        proptest::prop_assert!(brands.len() <= 16);
        proptest::prop_assert!(brands.iter().all(|b| !b.brand.is_empty()));
        proptest::prop_assert_eq!(brands, mine(&mut document));
    }

    /// An invented name planted before a product noun and the words of a hotline is found.
    #[test]
    fn an_invented_brand_is_mined(
        a in "[澜岚赫科贝洛森霖芮]", b in "[盾鼎澜森芮霖铂]",
        noun in proptest::sample::select(vec!["智能锁", "冰箱", "保险柜", "壁挂炉", "手表"]),
        place in proptest::sample::select(vec!["", "北京", "上海市", "广西柳州市"]),
        tail in proptest::sample::select(vec!["售后服务电话", "24小时热线", "维修中心", "全国客服"]),
    ) {
        let claim = read_title(&format!("{place}{a}{b}{noun}{tail}"));
        proptest::prop_assert_eq!(claim.brands, vec![format!("{}{}", a, b)]);
        proptest::prop_assert_eq!(claim.categories, vec![noun.to_owned()]);
    }
}
