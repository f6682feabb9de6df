//! Administrative regions: how much of a line is a list of places.
//!
//! A line is cut at everything that is no letter or digit. Each piece is read as place
//! expressions by the names of `names` (anchored longest match, so the time is linear), and by
//! the suffix of counties, towns and streets after a known prefecture: the lists that the field
//! shuffles hold more towns, and more misspelt ones, than any table. Names are known in simplified
//! characters.

mod names;

use super::fold::{holds_traditional, simple_line};

pub use names::is_place;
use names::{Level, NAMES};

/// Characters of a line that are read; what follows is taken to be like them.
const MAX_LINE: usize = 4096;

/// What a line holds of places.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Regions {
    /// Place expressions (`景德镇市珠山区` is one).
    pub places: u32,
    /// Share of the line's characters, separators left out, that belong to places: 0..1.
    pub share: f32,
}

impl Regions {
    /// A list of places: three or more, and little beside them. On the three real pages lists
    /// have a share of 1.00 (one line .97), and no other line has more than two places.
    pub fn is_list(&self) -> bool {
        self.places >= 3 && self.share >= 0.8
    }
}

/// Characters and places in the pieces of a line.
#[derive(Default)]
struct Tally {
    /// All characters.
    total: u32,
    places: u32,
    chars: u32,
    /// Places known by their ending only.
    weak_places: u32,
    weak_chars: u32,
}

impl Tally {
    /// Characters that belong to no place.
    fn missed(&self) -> u32 {
        self.total - self.chars - self.weak_chars
    }

    fn regions(mut self) -> Regions {
        // What only ends like a place counts beside places that are known.
        if self.places >= 2 {
            self.places += self.weak_places;
            self.chars += self.weak_chars;
        }
        Regions {
            places: self.places,
            share: if self.total == 0 {
                0.0
            } else {
                self.chars as f32 / self.total as f32
            },
        }
    }
}

/// Measures a line.
pub fn measure(line: &str) -> Regions {
    let mut tally = Tally::default();
    let line = head(line, MAX_LINE);
    let mut at = 0;
    while let Some(end) = read_piece(line, at, &mut tally) {
        at = end;
    }
    tally.regions()
}

/// Whether the line is a list of places: the same as measuring it, but most other lines are given
/// up after their first words, and lists are read no further than to the share that makes them
/// lists.
pub fn is_list(line: &str) -> bool {
    let line = head(line, MAX_LINE);
    let mut all = None;
    let mut tally = Tally::default();
    let (mut at, mut before, mut parts) = (0, 0, 0);
    while let Some(end) = read_piece(line, at, &mut tally) {
        at = end;
        let missed = tally.missed();
        if missed == before && tally.places < 3 {
            parts += 1;
            continue;
        }
        // At least a character parts two pieces.
        let most = *all.get_or_insert_with(|| chars(line)) - parts;
        // A fifth of the line is lost already, or none of it can be lost any more.
        if missed > before && missed * 5 > most {
            return false;
        }
        if tally.places >= 3 && tally.chars * 5 >= most * 4 {
            return true;
        }
        before = missed;
        parts += 1;
    }
    tally.regions().is_list()
}

/// Whether a line, in whatever characters, begins like a list of places: its first two pieces do. A
/// cheap question, for passing lists over.
pub(in crate::extract) fn begins_list(line: &str) -> bool {
    // Names hold no separators: where none stands at the first letter, the first piece has none.
    let line = head(line, 128).trim_start_matches(parts);
    if NAMES.at(line, 0).is_none() && !holds_traditional(head(line, 12)) {
        return false;
    }
    let line = simple_line(line);
    let mut pieces = pieces(&line);
    let mut next = || pieces.next().is_some_and(|p| NAMES.at(p, 0).is_some());
    next() && next()
}

/// What parts the stretches. CJK punctuation first: it is what most lines are parted by, and the
/// general question takes a table.
fn parts(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}') || !(is_han(c) || c.is_alphanumeric())
}

/// The stretches of letters and digits.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    line.split(parts).filter(|p| !p.is_empty())
}

/// Reads the place expressions of the piece at byte `from` of a line or after it; where it ends.
/// Names hold no separators, so only what follows them is searched for the end.
fn read_piece(line: &str, from: usize, tally: &mut Tally) -> Option<usize> {
    let start = from + line[from..].find(|c| !parts(c))?;
    let (mut at, mut level) = (start, None);
    while let Some(name) = NAMES.at(line, at) {
        if level.is_none_or(|l| name.lowest <= l) {
            tally.places += 1;
        }
        // A name shared by a prefecture and a county (`朝阳`) descends where it can.
        level = Some(name.below(level));
        tally.total += name.chars;
        tally.chars += name.chars;
        at = name.end;
    }
    let end = line[at..].find(parts).map_or(line.len(), |i| at + i);
    if at < end {
        read_rest(&line[start..at], &line[at..end], level, tally);
    }
    Some(end)
}

/// What is left of a piece after its place expressions.
fn read_rest(places: &str, rest: &str, level: Option<Level>, tally: &mut Tally) {
    let length = chars(rest);
    tally.total += length;
    if level.is_some() && matches!(rest, "等" | "等地" | "等地区" | "等城市" | "地区" | "市区")
    {
        tally.chars += length;
        return;
    }
    if length > 12 || !rest.chars().all(is_han) {
        return;
    }
    let by_suffix = has_suffix(rest);
    match level {
        Some(_) if by_suffix => tally.chars += length,
        // `五指山市南圣`: a town without its suffix, after a name that has one.
        Some(_) if (2..=3).contains(&length) && places.ends_with(['市', '县', '州', '区']) => {
            tally.weak_chars += length;
        }
        None if by_suffix && length >= 2 => {
            tally.weak_places += 1;
            tally.weak_chars += length;
        }
        _ => {}
    }
}

/// Ends like a county, a town or a street, for names that no table holds.
fn has_suffix(text: &str) -> bool {
    let suffixed = match text.chars().next_back() {
        Some('县' | '区' | '市' | '镇' | '乡' | '旗' | '州' | '盟') => true,
        Some('道') => text.ends_with("街道"),
        Some('木') => text.ends_with("苏木"),
        Some('场') => text.ends_with("农场") || text.ends_with("林场"),
        Some('处') => text.ends_with("办事处"),
        _ => false,
    };
    suffixed && !ends_like_none(text)
}

/// Ends with a word that ends like a place and is none.
fn ends_like_none(text: &str) -> bool {
    let two = text.len().checked_sub(6).and_then(|at| text.get(at..));
    two.is_some_and(|two| {
        matches!(
            two,
            "小区"
                | "社区"
                | "地区"
                | "山区"
                | "城市"
                | "超市"
                | "上市"
                | "门市"
                | "股市"
                | "楼市"
                | "都市"
                | "市区"
                | "城区"
                | "各区"
                | "各市"
                | "全市"
                | "专区"
                | "景区"
                | "园区"
                | "校区"
                | "厂区"
                | "片区"
                | "辖区"
                | "郊区"
                | "灾区"
                | "故乡"
                | "家乡"
                | "下乡"
                | "城镇"
                | "乡镇"
                | "村镇"
                | "夜市"
                | "集市"
                | "区县"
                | "市县"
                | "全区"
                | "全县"
                | "本市"
                | "本区"
                | "本县"
                | "误区"
                | "街区"
        )
    }) || text.ends_with("服务区")
}

/// The byte length of a city or province name that `text` starts with (`北京`, `北京市`,
/// `广西柳州市`, `北京市朝阳区`), or 0.
pub fn leading_place(text: &str) -> usize {
    let text = head(text, 96);
    let Some(first) = NAMES.at(text, 0).filter(|n| n.leads) else {
        return 0;
    };
    let (mut end, mut level) = (first.end, first.lowest);
    while let Some(name) = NAMES.at(text, end) {
        if name.below(Some(level)) <= level || !(name.leads || NAMES.inside(&text[..end], &name)) {
            break;
        }
        level = name.below(Some(level));
        end = name.end;
    }
    if level < Level::County {
        for word in ["市区", "地区", "全市", "市", "省"] {
            if text[end..].starts_with(word) {
                return end + word.len();
            }
        }
    }
    end
}

/// Letters of other scripts than the Chinese. The punctuation of Chinese texts is known here: for
/// it the general question takes a search.
pub(in crate::extract) fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\u{7f}' => c.is_ascii_alphabetic(),
        '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => false,
        '\u{ff01}'..='\u{ff20}' => false,
        _ => !is_han(c) && c.is_alphabetic(),
    }
}

/// Chinese characters, of all planes.
pub(in crate::extract) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Characters of a text: its bytes that continue none.
fn chars(text: &str) -> u32 {
    let starts = |byte: &u8| u32::from((*byte as i8) >= -0x40);
    text.as_bytes().iter().map(starts).sum()
}

/// The first `max` bytes, cut at a character.
pub(in crate::extract) fn head(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_places_are_places_all_over() {
        for line in [
            "五指山市南圣、三沙市西沙区、东莞市厚街镇、海西蒙古族天峻县",
            "红河开远市、黔东南丹寨县、凉山美姑县、内蒙古呼伦贝尔市牙克石市、广西柳州市柳江区",
            "直辖县潜江市、铜仁市印江县、恩施州巴东县、阿坝藏族羌族自治州金川县",
            "广州 深圳 东莞 佛山",
            "北京|上海|天津|重庆",
            "北京上海广州深圳",
            "朝阳、海淀、丰台、石景山、通州等地",
            "广东省/湖南省/湖北省/江西省",
            "（杭州市）余杭区，西湖区；拱墅区 上城区",
        ] {
            let regions = measure(line);
            assert!(regions.is_list(), "{line}: {regions:?}");
            assert!(regions.share > 0.99, "{line}: {regions:?}");
        }
        assert_eq!(measure("景德镇市珠山区、广西玉林市玉州区").places, 2);
        assert_eq!(measure("朝阳市朝阳区、吉林省吉林市、吉林吉林市").places, 3);
    }

    #[test]
    fn other_lines_are_no_lists() {
        for line in [
            "威盾智能锁全国统一客服热线",
            "在江西吉安市场监管局查处的典型案例中,某科技公司通过微信加入,招募人员",
            "北京市民刘女士在某电商平台下单,上海市民王先生也是,广州市民同样",
            "首页 产品 服务 关于 联系",
            "股市、楼市、超市、夜市",
            "",
        ] {
            assert!(!measure(line).is_list(), "{line}: {:?}", measure(line));
        }
    }

    #[test]
    fn a_title_may_start_with_a_place() {
        for (text, place) in [
            ("北京海尔空调维修", "北京"),
            ("北京市海尔空调维修", "北京市"),
            ("广西柳州市海尔空调维修", "广西柳州市"),
            ("北京市朝阳区海尔空调维修", "北京市朝阳区"),
            ("上海松江海尔空调", "上海松江"),
            ("昆山空调维修", "昆山"),
            ("上海地区空调", "上海地区"),
            ("香港空调", "香港"),
            ("天津河北区空调", "天津河北区"),
            ("北极星手表", ""),
            ("长城冰箱", ""),
            ("海信电视", ""),
            ("广", ""),
        ] {
            assert_eq!(&text[..leading_place(text)], place, "{text}");
        }
    }

    #[test]
    fn region_lines_of_the_real_pages_stand_apart() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/seeds");
        let Ok(files) = std::fs::read_dir(dir) else {
            eprintln!("skipped: {dir} is absent");
            return;
        };
        let mut lists = 0;
        for file in files.flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap();
            for line in text.lines() {
                let commas = line.matches('、').count();
                let regions = measure(line);
                let truth = commas >= 4 && !line.contains(['。', ':']);
                assert_eq!(regions.is_list(), truth, "{line}: {regions:?}");
                lists += usize::from(truth);
            }
        }
        assert!(lists > 100);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_measured(text in "\\PC{0,200}", tail in "[北京市朝阳区、广西内蒙古 a1]{0,60}") {
            let line = format!("{tail}{text}");
            let regions = measure(&line);
            assert!((0.0..=1.0).contains(&regions.share));
            assert_eq!(is_list(&line), regions.is_list());
            assert!(line.is_char_boundary(leading_place(&line)));
        }

        #[test]
        fn a_list_is_known_before_its_end(
            pieces in proptest::collection::vec(
                proptest::sample::select(vec!["北京市", "朝阳区", "广西柳州市", "南圣", "某镇", "的", "维修电话", "内蒙古"]),
                0..24,
            ),
            parts in "[、 ]{1,2}",
        ) {
            let line = pieces.join(&parts);
            assert_eq!(is_list(&line), measure(&line).is_list(), "{line}");
        }
    }
}
