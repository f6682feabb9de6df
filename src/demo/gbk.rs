//! Characters → GBK by a table. The encoder of `encoding_rs` favours small code over speed, and
//! would cost this web's server more than everything else together.

use std::sync::LazyLock;

/// GBK code of every character of the basic plane; 0 where it has none.
static CODES: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut codes = vec![0_u16; 0x1_0000];
    for lead in 0x81_u8..=0xfe {
        for trail in (0x40_u8..=0xfe).filter(|trail| *trail != 0x7f) {
            let bytes = [lead, trail];
            let (text, malformed) = encoding_rs::GBK.decode_without_bom_handling(&bytes);
            let mut chars = text.chars();
            if let (false, Some(c), None) = (malformed, chars.next(), chars.next())
                && let Some(code) = codes.get_mut(c as usize)
                && *code == 0
            {
                *code = u16::from_be_bytes(bytes);
            }
        }
    }
    codes
});

/// Encodes; what GBK lacks becomes a numeric character reference, as in forms.
pub fn encode(text: &str) -> Vec<u8> {
    let codes = &*CODES;
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        match codes.get(c as usize).copied().unwrap_or(0) {
            _ if c.is_ascii() => out.push(c as u8),
            0 => out.extend_from_slice(format!("&#{};", c as u32).as_bytes()),
            code => out.extend_from_slice(&code.to_be_bytes()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_standard_encoder() {
        let hanzi: String = ('\u{4e00}'..='\u{9fa5}').collect();
        for text in [hanzi.as_str(), "abc 400-123,。(①)【☎】→", "⓪\u{200b}😀é"] {
            let (standard, _, _) = encoding_rs::GBK.encode(text);
            assert_eq!(encode(text), standard.as_ref(), "{text}");
        }
    }
}
