use proptest::prelude::*;

use super::{Prints, prints};
use crate::extract::brand::Brand;
use crate::extract::charset::Charset;
use crate::extract::identifier::Identifiers;
use crate::extract::{Facts, document, hotline, number, role};

/// What a generator swaps from page to page.
#[derive(Debug, Clone)]
struct Drawn {
    brand: String,
    number: String,
    regions: Vec<String>,
    article: Vec<String>,
}

const PLACES: [&str; 8] = [
    "北京市朝阳区",
    "上海市浦东新区",
    "广西柳州市柳江区",
    "铜仁市印江县",
    "恩施州巴东县",
    "景德镇市珠山区",
    "成都市武侯区",
    "深圳市南山区",
];

fn drawn() -> impl Strategy<Value = Drawn> {
    let place = prop::sample::select(PLACES.to_vec());
    let region = prop::collection::vec(place, 4..9).prop_map(|places| places.join("、"));
    let sentence = prop::sample::select(vec![
        "这座水库始建于上世纪六十年代,灌溉着下游三个村庄的农田,",
        "考古队在山坡上发现了一处汉代窑址,出土陶片两千多件,",
        "今年的荔枝比往年早熟了十天,果农们天不亮就上山采摘,",
        "图书馆把旧书整理成册,摆在临街的窗边,供过路的人翻看,",
    ]);
    let paragraph = prop::collection::vec(sentence, 5..8).prop_map(|s| s.concat() + "这是后话。");
    (
        "[欣睿铂岚沐恒菲朗骏]{2,4}",
        "400-[0-9]{3}-[0-9]{4}",
        prop::collection::vec(region, 3..6),
        prop::collection::vec(paragraph, 3..6),
    )
        .prop_map(|(brand, number, regions, article)| Drawn {
            brand,
            number,
            regions,
            article,
        })
}

fn of(page: &Drawn) -> Prints {
    let Drawn { brand, number, .. } = page;
    let mut lines = vec![
        format!("{brand}保险柜全国统一服务热线:{number}"),
        format!("{brand}保险柜售后维修电话:(1){number}(点击咨询)(2){number}(点击咨询)"),
        "维修师傅上门前会先与您电话确认时间,检修完毕由您验收后再付费。".to_owned(),
    ];
    lines.extend(page.regions.iter().cloned());
    lines.push("我们的服务团队全天候在线,为用户提供专业、高效、贴心的服务。".to_owned());
    lines.extend(page.article.iter().cloned());
    lines.push(format!("{brand}保险柜报修专线{number}"));
    let title = format!("{brand}保险柜售后服务电话{number}");
    let mut document = document::parse_text(Some(&title), &lines.join("\n"));
    let numbers = number::collect(&mut document);
    let brands = vec![Brand {
        brand: brand.clone(),
        category: Some("保险柜".to_owned()),
        categories: Vec::new(),
        aliases: Vec::new(),
        count: 4,
    }];
    role::assign(&mut document);
    prints(&Facts {
        charset: Charset::already_text(),
        hotline: hotline::judge(&document, &numbers, &brands),
        document,
        numbers,
        brands,
        identifiers: Identifiers::default(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_swapped_leaves_the_template_as_it_is(a in drawn(), b in drawn()) {
        let (one, other) = (of(&a), of(&b));
        prop_assert_eq!(&one.lines, &other.lines);
        prop_assert_eq!(one.text, other.text);
        prop_assert_eq!(one.skeleton, other.skeleton);
        prop_assert_eq!(one.skeleton_near, other.skeleton_near);
        prop_assert!(one.text != 0 && one.lines.len() == 5, "{:?}", one);
        // Each of these is a feature of its own.
        prop_assert!(one.article.is_some());
        prop_assert_eq!(one.regions == other.regions, distinct(&a.regions) == distinct(&b.regions));
    }
}

fn distinct(lines: &[String]) -> Vec<&String> {
    let mut out: Vec<&String> = Vec::new();
    for line in lines {
        if !out.contains(&line) {
            out.push(line);
        }
    }
    out
}
