//! Array literals of a script, and what is made of them: `.join()`, `.push()`, `.map()`, loops.

use super::super::joined::{Joined, Pieces};
use super::super::{context, decode};
use super::compose::unquoted;
use super::{MAX_ELEMENTS, MAX_VALUE, MAX_VARIABLES, Machine, ScriptString, Value};

/// Bytes of a function that a list's method is given.
const MAX_FUNCTION: usize = 240;
/// Bytes of a property's name with its quotes.
const MAX_NAME: usize = 34;

impl<'a, F: FnMut(ScriptString<'a>)> Machine<'a, F> {
    /// Moves the value into the open array literal, if there is one.
    pub fn push_element(&mut self) -> bool {
        let Some((list, _)) = &mut self.list else {
            return false;
        };
        let Some(value) = self.value.take() else {
            return true;
        };
        if list.len() < MAX_ELEMENTS && value.joined.text.len() <= MAX_VALUE {
            list.push(value.joined.clone());
        }
        let Value {
            joined,
            offset,
            pieces,
            from_variable,
            ..
        } = value;
        if (!from_variable || pieces > 1) && !self.spread {
            self.emit_as(joined, offset, pieces > 1, None);
        }
        true
    }

    /// Remembers the array literal that was read just now under its variable; reads it as a text
    /// where it holds character codes.
    pub fn note_list(&mut self) {
        let Some((elements, start)) = &self.closed_list else {
            return;
        };
        let codes = || decode::codes(elements, self.shift);
        let codes = self.coded.then(codes).flatten();
        let start = *start;
        if let Some(key) = &self.key
            && self.lists.len() < MAX_VARIABLES
        {
            self.lists.insert(key.clone(), (elements.clone(), start));
        }
        if let Some(text) = codes {
            let pieces = Pieces::at(start);
            self.emit_as(Joined { text, pieces }, start, true, self.key.clone());
        }
    }

    /// Adds to the list of a variable.
    pub fn push_to(&mut self, list: &str, value: &Joined) {
        if let Some((elements, _)) = self.lists.get_mut(list)
            && elements.len() < MAX_ELEMENTS
            && value.text.len() <= self.budget.min(MAX_VALUE)
        {
            self.budget -= value.text.len();
            elements.push(value.clone());
        }
    }

    /// A method of the list that ends here or that a variable holds. `.join` waits for its
    /// separator; what `.map` makes of the elements is taken for the elements, and what
    /// `.forEach` and `.reduce` do with them for putting them in a row.
    pub fn called_list(&mut self, name: &'a str, offset: usize) -> bool {
        let (variable, method) = name.rsplit_once('.').unwrap_or(("", name));
        match method {
            "split" => return self.cut(variable, offset),
            "join" | "map" | "forEach" | "reduce" => {}
            _ => return false,
        }
        if let Some((elements, start)) = self.lists.get(variable) {
            let bytes = bytes(elements);
            if bytes <= self.budget {
                self.budget -= bytes;
                self.closed_list = Some((elements.clone(), *start));
            }
        }
        if method == "join" {
            self.name = None;
            return true;
        }
        let Some(length) = self
            .closed_list
            .as_ref()
            .and(call(&self.lexer.body[self.lexer.at..]))
        else {
            return false;
        };
        let call = &self.lexer.body[self.lexer.at..self.lexer.at + length];
        self.lexer.at += length;
        let looked_up = self.closed_list.as_ref().and_then(|(elements, start)| {
            let text = self.looked_up(elements, call)?;
            let pieces = Pieces::at(*start);
            Some((vec![Joined { text, pieces }], *start))
        });
        if looked_up.is_some() {
            self.closed_list = looked_up;
        }
        if method != "map"
            && let Some((elements, start)) = self.closed_list.take()
        {
            self.emit(row(&elements), start, true);
        }
        true
    }

    /// `list[0]`: the element; `list[i]`: all of them, for a loop that passes through them;
    /// `object["name"]`: the property.
    pub fn element(&mut self, name: &'a str, offset: usize) -> bool {
        let Some(index) = index(&self.lexer.body[self.lexer.at..]).filter(|_| !name.is_empty())
        else {
            return false;
        };
        let named = index.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '$'));
        let property = unquoted(index);
        let element = match (self.lists.get(name), index.parse::<usize>()) {
            (Some((elements, _)), Ok(index)) => elements.get(index).cloned(),
            (Some((elements, _)), Err(_)) if named && bytes(elements) <= self.budget => {
                Some(row(elements))
            }
            (None, _) => {
                property.and_then(|name| self.variables.get(format!(".{name}").as_str()).cloned())
            }
            _ => None,
        };
        let Some(element) = element.filter(|element| element.text.len() <= self.budget) else {
            return false;
        };
        self.budget -= element.text.len();
        self.lexer.at += index.len() + 2;
        self.operand(element, offset, false, true);
        true
    }

    /// `"400|765".split("|")`, or the same with a variable.
    fn cut(&mut self, variable: &str, offset: usize) -> bool {
        let Some((sign, length)) = decode::literal_call(&self.lexer.body[self.lexer.at..]) else {
            return false;
        };
        let text = match (variable, &self.value) {
            ("", Some(value)) => Some((&value.joined.text, value.offset)),
            ("", None) => None,
            _ => self.variables.get(variable).map(|v| (&v.text, offset)),
        };
        // Into characters, where each is looked up.
        let behind = &self.lexer.body[self.lexer.at + length..];
        let apart =
            !sign.is_empty() || [".map(", ".forEach("].iter().any(|m| behind.starts_with(m));
        let fits = |text: &String| text.len() <= self.budget.min(MAX_VALUE) && apart;
        let Some((text, start)) = text.filter(|(text, _)| fits(text)) else {
            return false;
        };
        self.budget -= text.len();
        let part = |part: &str| Joined {
            text: part.to_owned(),
            pieces: Pieces::at(start),
        };
        let parts = text
            .split(sign)
            .filter(|p| !(sign.is_empty() && p.is_empty()));
        let parts = parts.take(MAX_ELEMENTS).map(part).collect();
        self.closed_list = Some((parts, start));
        self.lexer.at += length;
        if variable.is_empty() {
            self.value = None;
        }
        self.spread = false;
        true
    }
}

/// What stands in the brackets that `rest` begins with, where that is short.
fn index(rest: &str) -> Option<&str> {
    let near = context::head(rest.strip_prefix('[')?, 0, MAX_NAME + 1);
    near.split_once(']').map(|(index, _)| index)
}

fn bytes(elements: &[Joined]) -> usize {
    elements.iter().map(|e| e.text.len()).sum()
}

fn row(elements: &[Joined]) -> Joined {
    let mut whole = Joined::default();
    elements.iter().for_each(|element| whole.push(element));
    whole
}

/// The length of the brackets that `rest` begins with and what is in them, where that is short.
pub fn call(rest: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in rest.bytes().enumerate().take(MAX_FUNCTION) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(at + 1),
            b')' => depth -= 1,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{strings, texts};

    #[test]
    fn lists_are_joined_however_it_is_done() {
        for body in [
            "var a=[];a.push('400');a.push('76','51');f(a.join(''))",
            "f(['400','7651'].map(function(x){return '<b>'+x+'</b>'}).join(''))",
            "var k=['400','7651'],o='';for(var i=0;i<k.length;i++){o+=k[i];}",
            "var s='';['400','7651'].forEach(function(x){s+=x;});",
            "f(['400','76','51'].reduce((a,b)=>a+b))",
            "var t=['400','7651'];f(t[0]+t[1])",
            "f('400|76|51'.split('|').join(''))",
            "var cfg={a:'400',b:'7651'};f(cfg.a+cfg.b)",
            "var o={a:'400','b':\"7651\"};f(o['a']+o[\"b\"])",
            "function p(){return '400';}function q(){return '7651';}f(p()+q())",
            "document.write('400','7651')",
        ] {
            assert!(
                texts(body).contains(&"4007651".to_owned()),
                "{body}: {:?}",
                texts(body)
            );
        }
    }

    #[test]
    fn loops_over_long_lists_stay_within_bounds() {
        let list = format!("k=[{}];", format!("'{}',", "7".repeat(400)).repeat(60));
        let body = format!("{list}{}{}", "o+=k[i];".repeat(4000), "k[".repeat(9000));
        let all: usize = texts(&body).iter().map(String::len).sum();
        assert!(all < 40 * body.len(), "{all} of {}", body.len());
    }

    proptest::proptest! {
        /// Whatever is cut off, and wherever.
        #[test]
        fn any_script_is_read(
            body in "(([a-c]=|[a-c]\\.|\\.(push|join|map|split|concat|reverse|replace|forEach|substr|charAt|charCodeAt)|parseInt|atob|String\\.fromCharCode|document\\.write|unescape|function [a-c]|return )?[\\[\\](){}\"'`]|\\$\\{|\\.\\.\\.[a-c]|[a-c]|\\\\(u\\{?[0-9a-f]{0,4}|x3|[0-7]{1,3})|[*^]|0x[0-9a-f]{1,9}|%3[0-9]|[0-9]{1,4}|[中é ,;:+|/<-]){0,40}"
        ) {
            strings(&body, |string| {
                let mut walk = string.walk(&body);
                (0..string.text.len()).step_by(3).for_each(|at| { walk.to(at); });
            });
        }
    }

    #[test]
    fn a_property_without_its_last_quote_is_none() {
        assert_eq!(texts("x[\"中]+'40076'"), ["中]+'40076'"]);
        assert_eq!(texts("o={'中':'40076'};f(o['中'])"), ["40076"]);
    }

    #[test]
    fn what_is_no_list_stays_as_it_is() {
        assert_eq!(texts("f('40076'.split(x))"), ["40076"]);
        assert_eq!(texts("a[0]='40076';b[i]='51032'"), ["40076", "51032"]);
        assert_eq!(texts("x.map(f);y='40076'"), ["40076"]);
    }
}
