//! Which parts of a run are one name.

use crate::extract::region::is_han;

use super::lexicon::LEXICON;
use super::name::{Name, Part};

/// Words of one character that introduce a name.
const PARTICLES: [char; 10] = ['如', '像', '是', '找', '修', '买', '由', '从', '在', '换'];

/// What becomes of the next part.
pub enum Join {
    New,
    Extend,
    /// The part takes the place of the name before it, which was prose.
    Replace,
    /// The part is prose after a name.
    Skip,
}

/// Whether a part belongs to the name before it.
pub fn joins(line: &str, before: &Part, last: &Name, part: &Part, prose: bool) -> Join {
    let gap_chars = line[before.start..before.end].chars().count();
    match (before.known, part.known) {
        (Some(a), Some(b)) if a == b => Join::Extend,
        (Some(_), Some(_)) => Join::New,
        // `优点家`: a name that few lists have, and that is a word too, begins another.
        (Some(brand), None)
            if line[part.start..part.end].starts_with('家')
                && !LEXICON.is_spelled(brand)
                && LEXICON.is_prose(&line[before.start..before.end]) =>
        {
            Join::Extend
        }
        (Some(_), None)
            if prose || matches!(&line[part.start..part.end], "锁" | "表" | "牌" | "漆") =>
        {
            Join::Skip
        }
        // `卡地亚蓝气球`: a line of models behind a long name.
        (Some(_), None) if last.known.is_some() && is_series(line, before, part) => Join::Skip,
        // `大金VRV`: letters of a series behind a name that has a Latin half of its own.
        (Some(brand), None)
            if before.han && LEXICON.is_spelled(brand) && is_initials(line, part) =>
        {
            Join::Skip
        }
        (Some(_), None) => Join::Extend,
        (None, Some(_)) if last.everyday => Join::Replace,
        (None, Some(_)) if before.han != part.han => Join::Extend,
        (None, Some(_)) => {
            let everyday = LEXICON.is_prose(&line[part.start..part.end]);
            // `万达广场苹果`: the address of a branch.
            let address = ["广场", "大厦", "商场", "商城", "小区", "花园", "路口"];
            let apart = address.iter().any(|a| line[..before.end].ends_with(a));
            // `如箭牌、恒洁`
            let particle = gap_chars == 1 && line[..before.end].ends_with(PARTICLES);
            if apart || particle {
                Join::Replace
            } else if gap_chars == 1 || everyday || is_front(line, before, part) {
                Join::Extend
            } else {
                Join::Replace
            }
        }
        (None, None) if before.han && !part.han && last.everyday => Join::Replace,
        (None, None) if !before.han && part.han && prose => Join::Skip,
        (None, None) => Join::Extend,
    }
}

/// Characters that spell foreign names.
pub const SPELLING: &str = "尼克斯特尔德森曼顿兰诺维雅莱登蒂芬格利罗拉达玛仕士伦塔纳迪莎贝卡洛奇瑞恩姆普蒙堡菲伯亚丽娜莉西欧艾奥凯泽林思珀弗芙萨赛逊沃迈泰索摩鲁佩蕾雷兹佐孚朗伊巴比费戈科";

/// The unknown part begins a foreign name that a listed one of few spellings ends (`欧尼罗曼`).
fn is_front(line: &str, front: &Part, listed: &Part) -> bool {
    let text = |part: &Part| &line[part.start..part.end];
    let spelled = |part: &Part| text(part).chars().all(|c| SPELLING.contains(c));
    let few = listed.known.is_some_and(|brand| !LEXICON.is_spelled(brand));
    let sized = front.end - front.start == 2 * '森'.len_utf8();
    few && sized && front.end == listed.start && spelled(front) && spelled(listed)
}

/// A line of models behind a listed name (`海马`): two Chinese characters or more. A name of two
/// characters may as well begin a longer one that no list holds: it is a maker with models if many
/// know it, and if what follows is not spelled as foreign names are.
fn is_series(line: &str, name: &Part, part: &Part) -> bool {
    let text = |part: &Part| &line[part.start..part.end];
    let han = |text: &str| match text.chars().all(is_han) {
        true => text.chars().count(),
        false => 0,
    };
    let spelled = || text(part).chars().any(|c| SPELLING.contains(c));
    let maker = || name.known.is_some_and(|brand| LEXICON.is_spelled(brand));
    match han(text(name)) {
        0 | 1 => false,
        2 => han(text(part)) >= 2 && maker() && !spelled(),
        _ => han(text(part)) >= 2,
    }
}

/// Two to four capitals.
fn is_initials(line: &str, part: &Part) -> bool {
    let text = &line[part.start..part.end];
    (2..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase())
}
