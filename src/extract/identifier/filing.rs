//! ICP filings (`粤ICP备12345678号-3`) and police filings (`粤公网安备 44010602000001号`).

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Identifiers;
use super::quote::Folded;

/// Abbreviations of provinces, regions and municipalities.
const PROVINCES: &str = "京津沪渝冀豫云滇辽黑湘皖鲁新苏浙赣鄂桂甘陇晋蒙陕秦吉闽贵黔粤青藏川蜀宁琼";

static ICP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)([{PROVINCES}]?)\)?[\s-]*I\s*C\s*P[\s-]*([备证])\s*案?\s*[:：-]?\s*第?\s*([0-9]{{10}}|[0-9]{{8}}|[0-9]{{6}}|[0-9](?: [0-9]){{9}}|[0-9](?: [0-9]){{7}})\s*(号?)\s*(?:-\s*([0-9]{{1,4}}))?"
    ))
    .expect("a constant pattern, compiled by every test of this module")
});

static POLICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"([{PROVINCES}]?)\s*公\s*网\s*安\s*备\s*[:：]?\s*第?\s*([0-9]{{14}})\s*号?"
    ))
    .expect("a constant pattern, compiled by every test of this module")
});

static POLICE_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"公安(?:联网|机关)?备案?(?:编?号)?\s*[:：]?\s*([0-9]{14})(?-u:\b)")
        .expect("a constant pattern, compiled by every test of this module")
});

static POLICE_LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"beian\.(?:gov|mps\.gov)\.cn/[!-~]{0,80}?(?i:recordcode|code)=([0-9]{14})(?-u:\b)")
        .expect("a constant pattern, compiled by every test of this module")
});

static CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\\u([0-9a-fA-F]{4})").expect("a constant pattern, compiled by a test")
});

/// Finds the filing that a link to the register of the police names. The text beside it says the
/// same, as a rule, with the province: then nothing is added.
pub fn in_link(url: &str, found: &mut Identifiers) {
    if !url.contains("beian.") {
        return;
    }
    if let Some(captures) = POLICE_LINK.captures(url) {
        police(&captures[1], &captures[0], found);
    }
}

/// A police filing of which the province is not known.
fn police(digits: &str, quote: &str, found: &mut Identifiers) {
    let owner = format!("公网安备{digits}号");
    found.filing(owner.clone(), owner, quote);
}

/// Finds filings in a script, where the characters may stand by their codes (`\u5907`).
pub fn in_script(script: &str, found: &mut Identifiers) {
    find(script, found);
    if script.contains("ICP\\u") {
        let text = CODE.replace_all(script, |code: &Captures| {
            let code = u32::from_str_radix(&code[1], 16).ok();
            let char = code.and_then(char::from_u32).unwrap_or(' ');
            char.to_string()
        });
        find(&text, found);
    }
}

/// Finds filings in a piece of text.
pub fn find(text: &str, found: &mut Identifiers) {
    let mentions = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if text.is_ascii() || !mentions(&["备", "備", "证", "證"]) {
        return;
    }
    let folded = Folded::of(text);
    let text = folded.text.as_str();
    for captures in ICP.captures_iter(text) {
        let (province, class) = (&captures[1], &captures[2]);
        let digits = captures[3].replace(' ', "");
        let end = captures.get(0).map_or(0, |m| m.end());
        // A longer string of digits is no filing; without province the 号 must be there.
        let longer = text[end..].starts_with(|c: char| c.is_ascii_digit());
        if longer || (province.is_empty() && captures[4].is_empty()) {
            continue;
        }
        let owner = format!("{province}ICP{class}{digits}号");
        let text = match captures.get(5) {
            Some(site) => format!("{owner}-{}", site.as_str()),
            None => owner.clone(),
        };
        found.filing(text, owner, folded.quote(&captures));
    }
    for captures in POLICE.captures_iter(text) {
        let end = captures.get(0).map_or(0, |m| m.end());
        if text[end..].starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let owner = format!("{}公网安备{}号", &captures[1], &captures[2]);
        found.filing(owner.clone(), owner, folded.quote(&captures));
    }
    for captures in POLICE_LABEL.captures_iter(text) {
        police(&captures[1], folded.quote(&captures), found);
    }
}
