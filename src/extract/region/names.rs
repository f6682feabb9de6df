//! The names of provinces, prefectures and counties, full and short.
//!
//! A page asks about two thousand times whether a name starts here: a question to a
//! [`Dictionary`].

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::extract::dictionary::Dictionary;

/// Rank of an administrative unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Province = 1,
    /// Prefectures, and the cities that are provinces.
    City = 2,
    County = 3,
}

/// All names, loaded once.
pub static NAMES: LazyLock<Names> = LazyLock::new(Names::load);

/// County-level names that are everyday words or trade marks sooner than places.
const NO_LEADS: &[&str] = &[
    "东方", "灯塔", "海林", "安达", "长安", "凤城", "大安", "北安", "永安", "太和", "万宁", "天长",
];

/// Endings of units, longest first.
const UNITS: &[&str] = &[
    "壮族自治区",
    "回族自治区",
    "维吾尔自治区",
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "新区",
    "矿区",
    "群岛",
    "省",
    "市",
    "州",
    "盟",
    "县",
    "区",
    "旗",
    "镇",
    "乡",
    "街道",
];

/// Peoples in the names of autonomous units, longest first.
const PEOPLES: &[&str] = &[
    "柯尔克孜",
    "塔吉克",
    "哈萨克",
    "维吾尔",
    "蒙古族",
    "朝鲜族",
    "土家族",
    "布依族",
    "哈尼族",
    "景颇族",
    "傈僳族",
    "拉祜族",
    "纳西族",
    "达斡尔族",
    "鄂温克族",
    "裕固族",
    "保安族",
    "东乡族",
    "撒拉族",
    "布朗族",
    "普米族",
    "独龙族",
    "仫佬族",
    "毛南族",
    "仡佬族",
    "锡伯族",
    "羌族",
    "藏族",
    "彝族",
    "苗族",
    "侗族",
    "瑶族",
    "白族",
    "傣族",
    "壮族",
    "回族",
    "满族",
    "黎族",
    "畲族",
    "水族",
    "佤族",
    "怒族",
    "土族",
    "蒙古",
    "各族",
];

/// One name as it was found.
pub struct Name {
    /// Byte where it ends.
    pub end: usize,
    /// Its length in characters.
    pub chars: u32,
    /// The highest rank that carries this name.
    pub lowest: Level,
    /// Also the name of a county.
    county: bool,
    /// A title may start with it: provinces, prefectures, full names, county-level cities.
    pub leads: bool,
    index: usize,
}

impl Name {
    /// The rank that it has after a name of rank `above`.
    pub fn below(&self, above: Option<Level>) -> Level {
        if above.is_some_and(|a| a >= self.lowest) && self.county {
            Level::County
        } else {
            self.lowest
        }
    }
}

struct Entry {
    /// Length of the name in characters.
    chars: u32,
    lowest: Level,
    county: bool,
    leads: bool,
    /// Only towns and streets carry it.
    town: bool,
    /// Short for an autonomous prefecture.
    autonomous: bool,
    /// Prefectures that the county of this name lies in (indices of lines of the data file).
    parents: Vec<u16>,
}

impl Entry {
    /// All but the parents in 32 bits, with the name's index: what most questions are about, in
    /// the dictionary itself.
    fn packed(&self, index: usize) -> u32 {
        debug_assert!(index < 1 << 16 && self.chars < 1 << 6);
        let flags = [self.county, self.leads, self.town, self.autonomous];
        let flags = flags.iter().zip(24..).map(|(f, bit)| u32::from(*f) << bit);
        index as u32 | self.chars << 16 | (self.lowest as u32) << 22 | flags.sum::<u32>()
    }
}

const TOWN: u32 = 1 << 26;
const AUTONOMOUS: u32 = 1 << 27;

impl Name {
    /// What [`Entry::packed`] says of a name that ends at byte `end`.
    fn unpacked(packed: u32, end: usize) -> Self {
        let bit = |bit: u32| packed >> bit & 1 == 1;
        Name {
            end,
            chars: packed >> 16 & 0x3f,
            lowest: match packed >> 22 & 3 {
                1 => Level::Province,
                2 => Level::City,
                _ => Level::County,
            },
            county: bit(24),
            leads: bit(25),
            index: packed as usize & 0xffff,
        }
    }
}

/// Names with what they mean.
pub struct Names {
    /// [`Entry::packed`].
    dictionary: Dictionary,
    /// By name: prefectures that the county of this name lies in (indices of `rows`).
    parents: Vec<Vec<u16>>,
    /// The peoples that may follow a shortened autonomous prefecture.
    peoples: Dictionary,
    /// Full and short names of province and prefecture, one entry a line of the data file.
    rows: Vec<Vec<String>>,
}

impl Names {
    fn load() -> Self {
        let mut table: BTreeMap<String, Entry> = BTreeMap::new();
        let mut rows: Vec<Vec<String>> = Vec::new();
        let data = include_str!("../data/regions.txt");
        for (row, line) in data.lines().filter(|l| !l.starts_with('#')).enumerate() {
            let row = row as u16;
            let mut fields = line.split('\t');
            let province = fields.next().unwrap_or_default();
            let city = fields.next().unwrap_or_default();
            let counties = fields.next().unwrap_or_default();
            let level = if city.is_empty()
                && ["北京", "天津", "上海", "重庆"]
                    .iter()
                    .any(|m| province.starts_with(m))
            {
                Level::City
            } else {
                Level::Province
            };
            let units = [province, city].into_iter().filter(|u| !u.is_empty());
            rows.push(units.flat_map(|u| [u.to_owned(), short(u)]).collect());
            add(&mut table, province, level, row);
            add(&mut table, city, Level::City, row);
            for county in counties.split(' ') {
                add(&mut table, county, Level::County, row);
            }
        }
        for word in ["直辖县", "省直辖县"] {
            put(&mut table, word, (Level::Province, false), false, 0);
        }
        let names = table.iter().enumerate();
        Names {
            dictionary: Dictionary::new(names.map(|(i, (n, e))| (n.as_str(), e.packed(i)))),
            parents: table.into_values().map(|entry| entry.parents).collect(),
            peoples: Dictionary::new(PEOPLES.iter().map(|p| (*p, 0))),
            rows,
        }
    }

    /// The longest name that stands at byte `at`, with the peoples and the unit word that may
    /// follow a shortened autonomous prefecture (`海西蒙古族`, `恩施州`).
    pub fn at(&self, text: &str, at: usize) -> Option<Name> {
        let (len, packed) = self.dictionary.longest(&text[at..])?;
        let mut name = Name::unpacked(packed, at + len);
        if packed & AUTONOMOUS != 0 {
            while let Some((len, _)) = self.peoples.longest(&text[name.end..]) {
                name.end += len;
            }
            if text[name.end..].starts_with("自治州") {
                name.end += "自治州".len();
            }
            name.chars = text[at..name.end].chars().count() as u32;
        }
        Some(name)
    }

    /// Whether `county` lies in the prefecture or province that `above` ends with.
    pub fn inside(&self, above: &str, county: &Name) -> bool {
        let parents = &self.parents[county.index];
        parents
            .iter()
            .filter_map(|row| self.rows.get(usize::from(*row)))
            .flatten()
            .any(|unit| above.ends_with(unit.as_str()))
    }

    fn exact(&self, text: &str) -> bool {
        let found = self.dictionary.longest(text);
        found.is_some_and(|(len, packed)| len == text.len() && packed & TOWN == 0)
    }
}

/// The text is the name of a province, prefecture or county, full or short, and nothing else.
/// Towns do not count: their names are too many.
pub fn is_place(text: &str) -> bool {
    NAMES.exact(text)
}

/// Notes the full and the short form.
fn add(table: &mut BTreeMap<String, Entry>, name: &str, level: Level, row: u16) {
    if name.chars().count() < 2 {
        return;
    }
    let kind = (
        level,
        name.ends_with(['镇', '乡']) || name.ends_with("街道"),
    );
    put(table, name, kind, true, row);
    let bare = short(name);
    if bare != name && bare.chars().count() >= 2 {
        let leads =
            level < Level::County || (name.ends_with('市') && !NO_LEADS.contains(&bare.as_str()));
        put(table, &bare, kind, leads, row);
        if name.ends_with("自治州") {
            if let Some(entry) = table.get_mut(&bare) {
                entry.autonomous = true;
            }
            put(table, &format!("{bare}州"), kind, true, row);
        }
    }
}

fn put(
    table: &mut BTreeMap<String, Entry>,
    name: &str,
    (level, town): (Level, bool),
    leads: bool,
    row: u16,
) {
    let entry = table.entry(name.to_owned()).or_insert(Entry {
        chars: name.chars().count() as u32,
        lowest: level,
        county: false,
        leads: false,
        town: true,
        autonomous: false,
        parents: Vec::new(),
    });
    entry.lowest = entry.lowest.min(level);
    entry.leads |= leads;
    entry.town &= town;
    if level == Level::County {
        entry.county = true;
        entry.parents.push(row);
    }
}

/// The name without its unit and its peoples: `阿坝藏族羌族自治州` → `阿坝`. Names that would
/// shrink to one character stay whole.
fn short(name: &str) -> String {
    let Some(unit) = UNITS.iter().find(|u| name.ends_with(**u)) else {
        return name.to_owned();
    };
    let mut bare = &name[..name.len() - unit.len()];
    if unit.starts_with("自治") {
        while let Some(people) = PEOPLES.iter().find(|p| bare.ends_with(**p)) {
            let rest = &bare[..bare.len() - people.len()];
            if rest.chars().count() < 2 {
                break;
            }
            bare = rest;
        }
    }
    if bare.chars().count() < 2 {
        return name.to_owned();
    }
    bare.to_owned()
}
