use super::*;
use crate::extract::brand::{self, tests::page};

/// A page with numbers noted and roles assigned.
fn assigned(text: &str) -> Document {
    let mut document = page(None, text);
    brand::mine(&mut document);
    assign(&mut document);
    document
}

fn articles(document: &Document) -> Vec<&str> {
    let lines = document.lines.iter().filter(|l| l.role == Role::Article);
    lines.map(|l| l.text.as_str()).collect()
}

fn skeleton(document: &Document) -> Vec<Role> {
    let mut roles: Vec<Role> = document.lines.iter().map(|l| l.role).collect();
    roles.dedup();
    roles
}

#[test]
fn the_article_of_the_real_pages_is_found_exactly() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/seeds");
    let Ok(mut files) = std::fs::read_dir(dir).map(|d| d.flatten().collect::<Vec<_>>()) else {
        eprintln!("skipped: {dir} is absent");
        return;
    };
    files.sort_by_key(|f| f.path());
    let mut skeletons = Vec::new();
    for file in files {
        let document = assigned(&std::fs::read_to_string(file.path()).unwrap());
        let zone = articles(&document);
        assert!(zone[0].starts_with("“我以为自己捡到大便宜"), "{}", zone[0]);
        assert!(
            zone[zone.len() - 1].starts_with("稿件来源"),
            "{}",
            zone[zone.len() - 1]
        );
        let first = document
            .lines
            .iter()
            .position(|l| l.role == Role::Article)
            .unwrap();
        assert!(
            document.lines[first..first + zone.len()]
                .iter()
                .all(|l| l.role == Role::Article)
        );
        assert_eq!(zone.len(), 17);
        skeletons.push(skeleton(&document));
    }
    assert_eq!(skeletons[0], skeletons[2]);
}

const ARTICLE: &str = "“本来只想给老人买一个省心的电话卡，没想到每个月都多出几十元。”近日，家住城东的周女士翻出半年来的账单，对其中的三项增值业务感到不解。她说，家里从没有人开通过这些业务，营业厅的答复却是系统里有确认记录。
记录难查：确认短信去了哪里
记者随后走访了三家营业厅，发现不少老年人都有类似的经历。业内人士介绍，这些业务大多通过外呼推销开通，对方只要在电话里应一声，就会被视为同意，而录音往往只保存三个月，等到发现时已经无从查证。
在一些案例中，套餐里的体验项目会在两个月之后自动续订，而提醒短信夹在大量的通知之中，很少有人会仔细阅读。有学者认为，这种默认续订的做法侵害了知情权，应当由经营者承担举证责任，不能把查证的负担推给普通家庭。
今年三月，当地有关部门约谈了两家企业，要求在两个月之内完成清理，并把退订入口放到首页。周女士在四月拿到了退还的一百二十六元，她说钱不多，但这件事情总算有了一个说法，也希望更多的老人可以看得懂自己的账单。
来源：城东晚报 记者 林一舟 【编辑:郑安】";

#[test]
fn the_parts_of_a_hotline_page() {
    let document = assigned(&format!(
        "400服务电话:400-7788-215(点击咨询)
澜盾智能锁全国客服热线
澜盾智能锁售后电话:(1)400-7788-215(点击咨询)(2)400-7788-215(点击咨询)
澜盾智能锁三个电话400-7788-215、400-7788-216、400-7788-217、400-7788-218
客户回访，倾听心声：每次维修结束之后，我们都会安排专人回访。
景德镇市珠山区、成都市锦江区、黄石市铁山区
安心
{ARTICLE}
友情提示"
    ));
    let roles: Vec<Role> = document.lines.iter().map(|l| l.role).collect();
    let mut expected = vec![
        Role::Number,
        Role::Brand(0),
        Role::Brand(2),
        Role::Brand(3),
        Role::Slogan,
        Role::Region,
        Role::Other,
    ];
    expected.extend([Role::Article; 6]);
    expected.push(Role::Other);
    assert_eq!(roles, expected);
}

#[test]
fn a_news_page_is_its_article() {
    let document = assigned(&format!(
        "城东晚报\n账单里的秘密\n{ARTICLE}\n关于我们\n版权所有"
    ));
    assert_eq!(articles(&document).len(), 6);
}

#[test]
fn one_stray_paragraph_does_not_break_an_article() {
    let stray = "周女士随后拨打了运营商的投诉电话0571-88123456，对方在三天之后回复称，相关业务是通过外呼方式确认开通的，录音已经超过保存期限，无法提供给用户本人，但同意在核实之后退还其中的两项费用，并且向她当面道歉。";
    let text = ARTICLE.replacen("在一些案例中", &format!("{stray}\n在一些案例中"), 1);
    assert_eq!(articles(&assigned(&text)).len(), 7);
    let hotline = text.replace("0571-88123456", "400-7788-215");
    assert!(articles(&assigned(&hotline)).len() < 7);
}

#[test]
fn long_promises_are_no_article() {
    let promise = "我们的售后服务团队由经验丰富的专业工程师组成，接到您的报修之后，客服会在第一时间为您安排技师上门检测，维修之前先报价，维修之后有质保，配件全部来自原厂，让每一位客户都能享受到高效、便捷、贴心的一站式维修服务，您的满意是我们不变的追求。";
    let text = [promise; 5].join("\n");
    let document = assigned(&text);
    assert!(articles(&document).is_empty());
    assert!(document.lines.iter().all(|l| l.role == Role::Slogan));
}

#[test]
fn linked_lines_and_headings() {
    let mut document = page(None, "首页\n产品展示\n联系我们");
    document.lines[0].linked = true;
    document.lines[1].heading = 2;
    assign(&mut document);
    let roles: Vec<Role> = document.lines.iter().map(|l| l.role).collect();
    assert_eq!(roles, [Role::Menu, Role::Heading, Role::Other]);
}

proptest::proptest! {
    #[test]
    fn any_page_gets_roles(text in "(\\PC{0,120}\n?){0,12}", linked in proptest::bool::ANY) {
        let mut document = page(None, &text);
        if let Some(line) = document.lines.first_mut() {
            line.linked = linked;
        }
        brand::mine(&mut document);
        assign(&mut document);
        let once = document.clone();
        assign(&mut document);
        proptest::prop_assert_eq!(once, document);
    }
}
