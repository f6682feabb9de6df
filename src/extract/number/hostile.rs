//! Texts made to take long or to break something.

use super::tests::with_script;
use super::*;

#[test]
fn character_codes_before_many_bytes_are_no_panic() {
    for lead in 0..4 {
        let body = format!(
            "{}String.fromCharCode({}",
            " ".repeat(lead),
            "1".repeat(lead)
        );
        let body = format!("{body}{}", "电话".repeat(2_000));
        assert_eq!(with_script(&body), []);
    }
}

#[test]
fn a_separator_does_not_multiply_a_script() {
    let long = "4007651032,".repeat(200);
    let body = format!("x = [{}].join('{long}')", "1,".repeat(64));
    assert_eq!(with_script(&body), []);
}

#[test]
fn chains_of_markers_are_read_in_one_step_each() {
    for pair in ["①二", "²①", "①1", "一1", "②一-"] {
        let text = pair.repeat((1 << 20) / pair.len());
        let reader = std::thread::Builder::new().stack_size(256 << 10);
        let found = reader.spawn(move || find(&text)).unwrap().join().unwrap();
        assert!(found.len() < 1 << 20, "{pair}");
    }
    assert_eq!(find("①400-765-1032")[0].number, "4007651032");
}

#[test]
fn open_brackets_in_a_string_are_read_in_one_pass() {
    let body = format!("x = '{}>4007651032'", "<1‹1".repeat(200_000));
    let read = markup::without_tags(&body);
    assert_eq!((read.words.as_str(), read.calls.len()), (body.as_str(), 0));
    let read = markup::without_tags("<b>40</b>0<1>2<i");
    assert_eq!(read.words, "400<1>2<i");
    assert_eq!((read.origin(1), read.origin(2)), (4, 9));
}
