//! Brands that do not exist, product nouns, and the words that stand beside them.

use super::super::rng::Rng;

/// Product nouns that hotline pages claim to repair.
pub const PRODUCTS: &[&str] = &[
    "智能锁",
    "指纹锁",
    "密码锁",
    "保险柜",
    "保险箱",
    "空调",
    "热水器",
    "壁挂炉",
    "燃气灶",
    "油烟机",
    "洗衣机",
    "冰箱",
    "电视",
    "集成灶",
    "净水器",
    "智能马桶",
    "太阳能",
    "消毒柜",
    "洗碗机",
    "手表",
    "中央空调",
    "空气能",
    "冷柜",
    "采暖炉",
    "防盗门",
    "烤箱",
    "门禁",
    "咖啡机",
    "投影仪",
    "新风系统",
];

/// Goods of firms that have nothing to do with repairs.
pub const GOODS: &[&str] = &[
    "不锈钢水箱",
    "轴承座",
    "无纺布袋",
    "叉车配件",
    "喷码机",
    "包装纸箱",
    "工业滤芯",
    "橡胶密封圈",
    "钢结构平台",
    "苗木种植",
    "陶瓷餐具",
    "塑料托盘",
    "电线电缆",
    "园林雕塑",
    "混凝土搅拌站",
    "环保砖",
];

pub const SYLLABLES: &[&str] = &[
    "威", "诺", "雅", "尔", "斯", "顿", "科", "森", "润", "虎", "奥", "灯", "曼", "蒂", "固", "盾",
    "铭", "欧", "凯", "洛", "宝", "星", "泰", "禾", "朗", "柏", "瑞", "佳", "恒", "骏", "塔", "璐",
    "弗", "兰", "戈", "菲", "慕", "卡", "梵", "帝", "优", "驰", "赫", "澜", "鼎", "晟", "麦", "诗",
];

pub const LATIN: &[&str] = &[
    "ver", "lo", "tin", "ka", "dor", "ne", "mis", "ra", "sel", "bo", "gan", "fi", "lux", "tem",
    "ri", "wan", "zo", "hel", "pa", "no",
];

/// Names that these syllables could spell and that somebody owns.
const TAKEN: &[&str] = &[
    "格力",
    "海尔",
    "奥克斯",
    "科龙",
    "威力",
    "欧普",
    "帝奥斯",
    "卡菲",
    "凯盾",
    "欧派",
    "雅诗",
    "兰蒂斯",
    "威星",
    "曼瑞德",
    "宝格丽",
    "奥马",
    "慕思",
    "卡地亚",
    "帝诺",
    "科曼",
    "菲斯曼",
    "威能",
    "美的",
    "欧瑞",
    "恒洁",
    "奥林",
    "瑞尔",
    "曼卡龙",
    "帝驰",
    "卡西欧",
    "泰格豪雅",
    "雅格",
    "诺科",
];

/// A brand in the forms in which pages write it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Brand {
    /// As written before service words.
    pub name: String,
    /// Chinese and Latin half where `name` is a pair.
    pub halves: Vec<String>,
}

impl Brand {
    fn plain(name: String) -> Self {
        Brand {
            name,
            halves: Vec::new(),
        }
    }

    /// A brand of which nobody has heard: Chinese, Latin, or a pair of both.
    pub fn invent(rng: &mut Rng) -> Self {
        let chinese = loop {
            let len = if rng.chance(0.45) { 2 } else { 3 };
            let name: String = rng.sample(rng.words.syllables, len).concat();
            if !TAKEN
                .iter()
                .any(|taken| name.contains(taken) || taken.contains(&name))
            {
                break name;
            }
        };
        match rng.below(20) {
            0..=13 => Brand::plain(chinese),
            14..=17 => {
                let latin = Self::latin(rng);
                let name = match rng.below(3) {
                    0 => format!("{chinese}{latin}"),
                    1 => format!("{latin}{chinese}"),
                    _ => format!("{chinese}({latin})"),
                };
                Brand {
                    name,
                    halves: vec![chinese, latin],
                }
            }
            18 => Brand::plain(Self::latin(rng)),
            _ => {
                let initial = rng.token("ABDGHKMRS", 1);
                Brand::plain(format!("{initial}.{}.{chinese}", rng.token("CDLOPTV", 1)))
            }
        }
    }

    fn latin(rng: &mut Rng) -> String {
        let parts = rng.within((2, 3));
        let word: String = rng.sample(rng.words.latin, parts).concat();
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        if rng.chance(0.2) {
            word.to_ascii_uppercase()
        } else {
            first.into_iter().chain(chars).collect()
        }
    }
}

/// Brands with an official page besides the invented ones. Only numbers that the press cites
/// stand beside these names: a made-up number under a real name would be the very lie that this
/// project is about.
pub const WELL_KNOWN: &[(&str, &str)] = &[("海尔", "4006999999"), ("格力", "4008365315")];

/// Words between a brand and what it offers.
pub const SERVICE: &[&str] = &[
    "售后维修",
    "全国客服",
    "售后",
    "维修服务",
    "24小时",
    "官方客服",
    "全国统一售后",
    "特约维修",
    "上门维修",
    "总部客服",
    "售后服务中心",
    "报修中心",
    "全国联保",
    "厂家售后",
    "400客服",
    "统一报修",
    "故障维修",
    "人工客服",
    "各区售后",
    "网点维修",
    "品牌售后",
    "专业维修",
    "检修服务",
    "7x24小时",
];

/// What a hotline line ends in.
pub const LINE_TAIL: &[&str] = &[
    "服务热线",
    "电话号码",
    "统一热线",
    "网点24小时服务热线",
    "客服助手",
    "热线电话",
    "服务电话",
    "报修电话",
    "咨询热线",
    "受理中心",
    "客户服务中心",
    "预约电话",
    "全国网点电话",
    "热线号码查询",
    "维修点电话",
    "电话多少",
    "服务中心电话",
    "在线预约平台",
    "总部电话",
    "人工热线",
];

/// Decorations at the end of titles.
pub const TITLE_TAIL: &[&str] = &[
    "",
    "",
    "(2026上线)",
    "-今日推荐",
    "《2026汇总》",
    "_全+境+到+达",
    "/全国统一",
    "【实时更新】",
    "--24小时在线",
    "(各区就近派单)",
    "2026已更新",
    "[在线报修]",
];

/// People who sign articles.
pub const PEOPLE: &[&str] = &[
    "沈一鸣",
    "郭晓棠",
    "许立群",
    "贺知春",
    "罗文嘉",
    "段小满",
    "邱若水",
    "方远航",
    "温书瑶",
    "简宁",
    "尹成蹊",
    "陆见川",
    "葛思远",
    "汤可心",
    "白一凡",
    "章以南",
];

/// First parts of company names.
pub const FIRM: &[&str] = &[
    "启明",
    "和顺",
    "万通",
    "百川",
    "永固",
    "长青",
    "博远",
    "华盛达",
    "金桥",
    "新纪元",
    "四方",
    "众诚",
    "德润",
    "宏图",
    "天工",
    "广源",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_brands_are_nobodys_and_various() {
        let mut rng = Rng::of(&[3]);
        let brands: Vec<Brand> = (0..400).map(|_| Brand::invent(&mut rng)).collect();
        let distinct: std::collections::BTreeSet<_> = brands.iter().map(|b| &b.name).collect();
        assert!(distinct.len() > 380, "{}", distinct.len());
        assert!(brands.iter().any(|b| !b.halves.is_empty()));
        assert!(brands.iter().any(|b| b.name.is_ascii()));
        for brand in &brands {
            assert!(!WELL_KNOWN.iter().any(|(name, _)| brand.name.contains(name)));
        }
    }
}
