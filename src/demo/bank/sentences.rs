//! Sentences, most of them composed of clauses: a generator's bank is a draw from the very
//! large set of combinations, so that banks of two generators share clauses but no lines.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::super::rng::Rng;

pub const HEADS: &[&str] = &[
    "客户至上",
    "回访制度",
    "快速响应",
    "配件直供",
    "透明收费",
    "上门检测",
    "技师持证",
    "旧件返还",
    "预约登记",
    "节假日不休",
    "一次修好",
    "先报价后动手",
    "维修留档",
    "全程可查",
    "安全第一",
    "用心倾听",
    "持续改进",
    "老客户礼遇",
    "就近派单",
    "夜间值守",
    "质量承诺",
    "统一着装",
    "清洁现场",
    "环保回收",
    "耐心讲解",
    "专车配送",
    "疑难会诊",
    "限时到达",
    "诚信为本",
    "工单闭环",
];

pub const FIRST: &[&str] = &[
    "我们为每一位用户建立服务档案",
    "每次上门之前话务员都会再次核对时间",
    "师傅随车携带常用零部件",
    "所有费用在动手之前写进工单",
    "检测结果当面向用户说明",
    "更换下来的旧件当场交还",
    "我们定期组织技师参加考核",
    "平台根据地址安排距离最近的师傅",
    "遇到复杂故障由后台工程师远程协助",
    "值班人员昼夜守候在接线台前",
    "服务人员进门先套鞋套再铺工作垫",
    "收费项目按照公示的价目表执行",
    "我们欢迎用户对服务全过程监督",
    "登记之后系统自动生成工单编号",
    "同型号的备件在各地仓库都有储备",
    "我们把用户的每一条意见录入系统",
    "对于老人和行动不便的家庭优先安排",
    "技师离开之前清理现场垃圾",
    "维修记录在系统里保存三年",
    "每季度对使用满五年的设备做免费巡检",
    "话务员会先帮助用户排查简单问题",
    "我们承诺不夸大故障也不虚报配件",
    "服务车辆装有定位以便掌握路程",
    "凡经我们修理的部位都贴有防伪标签",
    "新入职的学徒必须跟班满半年",
    "雨雪天气也照常安排上门",
    "大型设备由两名技师一同前往",
    "检修过程可以由用户录像留存",
    "我们与多家零件厂签有长期供货协议",
    "投诉由专门小组在当天处理",
];

pub const SECOND: &[&str] = &[
    "维修结束后由专人电话回访",
    "两小时之内给出处理方案",
    "保修期内同一故障不再收费",
    "用户签字确认以后才开始维修",
    "全程用通俗的话解释原理",
    "并附上拆机前后的照片",
    "不满意可以要求换人重修",
    "超出时限则减免上门费",
    "让小毛病不拖成大故障",
    "配件编号可以逐一核对",
    "工单状态随时能够查询",
    "必要时提供备用机过渡",
    "同时提醒日常保养的要点",
    "杜绝以次充好的现象",
    "确保每一个环节都有人负责",
    "把等待时间压缩到最短",
    "并赠送一次深度清洗",
    "把操作要领写成卡片留给用户",
    "由组长对结果进行抽查",
    "绝不泄露用户的任何信息",
    "坚持小件当场修好大件当天取走",
    "对重复故障由主管带队复检",
    "帮助用户延长设备的寿命",
    "做到件件有着落事事有回音",
    "收款以后出具正规凭证",
    "用数据改进下一次服务",
    "以便后续查询和比对",
    "使沟通更加顺畅高效",
    "并在平台上公开评分",
    "力求把麻烦留给自己",
];

pub const RESULT: &[&str] = &[
    "让您用得安心",
    "还您一个舒适的家",
    "赢得了广大用户的口碑",
    "只为您的一份满意",
    "让信任从第一通电话开始",
    "服务永远在路上",
    "期待您的来电",
    "做您身边的维修管家",
    "让好机器陪您更久",
    "用专业回报每一份托付",
    "省心又省力",
    "让生活不因故障停摆",
    "这就是我们的坚持",
    "细节之处见真情",
    "以实际行动兑现承诺",
    "您的需要就是命令",
    "品质看得见",
    "一个电话全部搞定",
    "真诚面对每一户人家",
    "时间会证明一切",
];

/// One promise of the kind that hotline pages are padded with.
pub fn promise(rng: &mut Rng) -> String {
    let words = rng.words;
    let (head, first) = (rng.pick(words.heads), rng.pick(words.first));
    let (second, result) = (rng.pick(words.second), rng.pick(words.result));
    match rng.below(5) {
        0 => format!("{head},{first},{second},{result}。"),
        1 => format!("{head}:{first},{second}。"),
        2 => format!("{first};{second},{result}。"),
        3 => format!("{head},{result}:{first},{second}。"),
        _ => format!("{first},{second},{result}。"),
    }
}

/// A bank of `size` promises without repeats.
pub fn promise_bank(rng: &mut Rng, size: usize) -> Vec<String> {
    let mut bank: Vec<String> = Vec::with_capacity(size);
    while bank.len() < size {
        let sentence = promise(rng);
        if !bank.contains(&sentence) {
            bank.push(sentence);
        }
    }
    bank
}

/// Warranty rules in the words of the law's summary: real and fake pages both show them.
pub const WARRANTY: &[&str] = &[
    "一、保修期限自开具发票之日起计算,扣除因修理占用和无零配件待修的时间。",
    "二、产品自售出之日起七日内发生性能故障,消费者可以选择退货、换货或者修理。",
    "三、产品自售出之日起十五日内发生性能故障,消费者可以选择换货或者修理。",
    "四、整机保修期为一年,主要部件保修期为三年,以产品说明书所列为准。",
    "五、在保修期内同一性能故障经两次修理仍不能正常使用的,凭修理记录和凭证免费更换。",
    "六、因消费者使用、维护、保管不当造成损坏的,不实行三包,但可以实行收费修理。",
    "七、无有效发票和三包凭证的,或者凭证型号与实物不符的,不实行免费保修。",
    "八、因不可抗力造成损坏的,不在免费保修之列。",
    "九、修理者应当保证修理后的产品能够正常使用三十日以上。",
];

/// Sentences that any company site in the country might carry.
pub const BOILERPLATE: &[&str] = &[
    "本站部分内容来自网络,如有侵权请联系我们删除。",
    "欢迎新老客户来电咨询,我们将竭诚为您服务。",
    "公司秉承质量第一、信誉至上的经营理念。",
    "版权所有,未经许可不得转载。",
    "建议使用新版浏览器访问本站以获得更好的体验。",
    "营业时间:周一至周日8:30-18:00。",
    "温馨提示:上门前请保持电话畅通。",
    "我们承诺明码标价,修不好不收费。",
];

pub const SYMPTOM: &[&str] = &[
    "通电没有反应",
    "运行时噪音很大",
    "显示屏闪烁",
    "按键失灵",
    "漏水",
    "自动停机",
    "提示电量不足",
    "打不着火",
    "不制冷",
    "加热很慢",
    "有焦糊味",
    "门体关不严",
    "指示灯一直亮",
    "排水不畅",
    "连不上网络",
];

pub const CHECK: &[&str] = &[
    "先检查插座和电源线是否接触良好",
    "看一看过滤网有没有堵塞",
    "确认阀门处于打开位置",
    "断电十分钟之后重新启动",
    "更换四节同品牌的新电池",
    "检查门封条是否老化变形",
    "清理进水口的杂质",
    "确认周围没有热源或者强磁场",
    "查看管路有无弯折",
    "对照说明书核对设置",
];

pub const CAUSE: &[&str] = &[
    "多半是主板受潮所致",
    "通常与传感器老化有关",
    "往往是电容鼓包引起",
    "可能是密封圈磨损",
    "一般属于线路松动",
    "说明压力开关需要更换",
    "常见于长期未保养的机器",
    "与电压不稳有很大关系",
];

/// A question with its answer, `问:` and `答:` lines.
pub fn question(rng: &mut Rng, product: &str) -> (String, String) {
    let (symptom, check) = (rng.pick(rng.words.symptom), rng.pick(rng.words.check));
    let code = if rng.chance(0.4) {
        format!("显示E{}代码", rng.within((1, 19)))
    } else {
        symptom.to_owned()
    };
    (
        format!("问:{product}{code}是什么原因?"),
        format!(
            "答:{check},若仍然{symptom},{},应联系专业人员处理。",
            rng.pick(rng.words.cause)
        ),
    )
}

/// Words that spinners swap for one another.
const SYNONYMS: &[&[&str]] = &[
    &["用户", "客户", "顾客", "您"],
    &["维修", "检修", "修理"],
    &["师傅", "技师", "工程师", "维修员"],
    &["上门", "登门", "到家"],
    &["我们", "本中心", "我司"],
    &["故障", "问题", "毛病"],
    &["配件", "零件", "部件"],
    &["及时", "迅速", "第一时间"],
    &["安排", "指派", "调度"],
    &["提供", "给予", "带来"],
    &["确保", "保证", "力保"],
    &["费用", "价格", "收费"],
    &["说明", "讲明", "告知"],
    &["当天", "当日", "即日"],
];

/// Finds the words of [`SYNONYMS`]; the second part is the group of each pattern.
static WORDS: LazyLock<(AhoCorasick, Vec<usize>)> = LazyLock::new(|| {
    let words = || SYNONYMS.iter().flat_map(|group| group.iter());
    // Building fails only for lists that are too large for the automaton.
    let automaton = AhoCorasick::new(words()).expect("a short constant list");
    let groups = SYNONYMS
        .iter()
        .enumerate()
        .flat_map(|(i, group)| std::iter::repeat_n(i, group.len()))
        .collect();
    (automaton, groups)
});

/// Swaps words for synonyms, each with probability `p`.
pub fn respin(rng: &mut Rng, sentence: &str, p: f64) -> String {
    if p <= 0.0 {
        return sentence.to_owned();
    }
    let (automaton, groups) = &*WORDS;
    let mut out = String::with_capacity(sentence.len() + 12);
    let mut end = 0;
    for found in automaton.find_iter(sentence) {
        out.push_str(&sentence[end..found.start()]);
        end = found.end();
        let group = SYNONYMS[groups[found.pattern().as_usize()]];
        out.push_str(if rng.chance(p) {
            rng.pick(group)
        } else {
            &sentence[found.range()]
        });
    }
    out.push_str(&sentence[end..]);
    out
}

/// Three sentences in which an honest repairer describes the shop.
pub fn shop_story(rng: &mut Rng, city: &str, street: &str, owner: &str) -> Vec<String> {
    let year = rng.within((1996, 2019));
    let staff = rng.within((3, 15));
    let surname: String = owner.chars().take(1).collect();
    vec![
        format!(
            "{}本店{year}年在{city}{street}开业,店主{surname}师傅从事家电维修{}年,现有{staff}名同事。",
            rng.pick(&["您好,", "街坊们好,", "", ""]),
            2026 - year + rng.below(6),
        ),
        format!(
            "{}只做{city}本地,{}公里以内免上门费,{}。",
            rng.pick(&["我们", "小店", "目前"]),
            rng.within((3, 12)),
            rng.pick(&[
                "太远的单子请找附近同行",
                "外地朋友可以电话问诊",
                "郊县需要提前一天约",
                "下雨天可能要晚一点"
            ]),
        ),
        format!(
            "{}是独立维修点,{},过保的机器可以送来检测,检测费{}元{}。",
            rng.pick(&["本店", "我们"]),
            rng.pick(&[
                "不是任何品牌的官方网点",
                "与厂家没有隶属关系",
                "保内机器请先找厂家"
            ]),
            rng.within((2, 6)) * 10,
            rng.pick(&["", ",修了就不收", ",开单前说清楚"]),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banks_of_two_generators_share_no_line() {
        let a = promise_bank(&mut Rng::of(&[1]), 80);
        let b = promise_bank(&mut Rng::of(&[2]), 80);
        assert_eq!(a.iter().filter(|s| b.contains(s)).count(), 0);
    }

    #[test]
    fn respinning_changes_words_only_when_asked() {
        let sentence = "师傅上门检修,用户满意。";
        assert_eq!(respin(&mut Rng::of(&[1]), sentence, 0.0), sentence);
        assert!((0..20).any(|i| respin(&mut Rng::of(&[i]), sentence, 1.0) != sentence));
    }
}
