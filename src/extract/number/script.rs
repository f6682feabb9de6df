//! The strings of a script: literals, and what literals and simple variables give when joined
//! with `+`, `.join()`, `.concat()`, set into templates, replaced in, turned round, written as
//! character codes or in Base64, or put on the page one after the other. Nothing is executed; the
//! grammar is read only as far as that needs. (`compose`: joining; `reckoned`: sums and codes.)

mod compose;
mod lists;
mod reckoned;

use std::borrow::Cow;
use std::collections::HashMap;

use super::joined::{Joined, Pieces, StringWalk};
use super::lexer::{Lexer, Token};

use super::{context, decode, scan};
pub use compose::over_several;
pub use reckoned::Shift;

/// A string that a script holds or puts together.
pub struct ScriptString<'a> {
    pub text: String,
    /// Byte offset in the script of its first literal.
    pub offset: usize,
    pieces: Pieces,
    /// Put together from pieces or character codes: someone did not want it read.
    pub composed: bool,
    /// Variable or key that it is given to.
    pub key: Option<Cow<'a, str>>,
}

impl ScriptString<'_> {
    /// To be asked where in the script `body` the string's characters stand, in order.
    pub fn walk<'s>(&'s self, body: &'s str) -> StringWalk<'s> {
        StringWalk::new(&self.text, &self.pieces, self.offset, body)
    }
}

/// Bytes of a script that are read.
const MAX_SCRIPT: usize = 512 * 1024;
/// Variables remembered, and the longest value of one.
const MAX_VARIABLES: usize = 256;
const MAX_VALUE: usize = 4096;
/// Elements of an array literal that are remembered.
const MAX_ELEMENTS: usize = 64;
/// Longest separator that they are joined with.
const MAX_SEPARATOR: usize = 16;

/// A value that is being put together.
struct Value {
    joined: Joined,
    offset: usize,
    pieces: u32,
    numeric: bool,
    from_variable: bool,
}

/// Calls `each` with every string in order.
pub fn strings<'a>(body: &'a str, each: impl FnMut(ScriptString<'a>)) {
    let body = super::context::head(body, 0, MAX_SCRIPT);
    let mut machine = Machine {
        lexer: Lexer { body, at: 0 },
        each,
        variables: HashMap::new(),
        value: None,
        joining: false,
        key: None,
        append: false,
        property: false,
        function: None,
        pushing: None,
        concat: false,
        callee: None,
        name: None,
        list: None,
        spread: false,
        closed_list: None,
        lists: HashMap::new(),
        writing: false,
        written: None,
        coded: memchr::memmem::find(body.as_bytes(), b"fromCharCode").is_some(),
        shift: Shift::in_script(body),
        budget: body.len() * 4 + MAX_VALUE,
    };
    machine.run();
}

struct Machine<'a, F> {
    lexer: Lexer<'a>,
    each: F,
    variables: HashMap<Cow<'a, str>, Joined>,
    value: Option<Value>,
    /// A `+` stands behind the value.
    joining: bool,
    /// What the value will be given to.
    key: Option<Cow<'a, str>>,
    /// … by `+=`.
    append: bool,
    /// … as the property of an object.
    property: bool,
    /// The function that is being declared, up to its `return`.
    function: Option<&'a str>,
    /// The list that the value is added to.
    pushing: Option<&'a str>,
    /// Within the brackets of `.concat()`, whose arguments join the value.
    concat: bool,
    /// The function whose first argument the value is.
    callee: Option<&'a str>,
    /// The name read last, where nothing but it was read since.
    name: Option<&'a str>,
    list: Option<(Vec<Joined>, usize)>,
    /// The list is made of a text's characters: `[..."…"]`.
    spread: bool,
    closed_list: Option<(Vec<Joined>, usize)>,
    /// Array literals by the variable that holds them.
    lists: HashMap<Cow<'a, str>, (Vec<Joined>, usize)>,
    /// The value is put on the page.
    writing: bool,
    /// What was put on the page since the block began, which stands there in a row.
    written: Option<Value>,
    /// The script makes characters out of codes somewhere.
    coded: bool,
    /// … and how.
    shift: Option<Shift>,
    /// Bytes that variables may still add: repeated use must not multiply a script.
    budget: usize,
}

impl<'a, F: FnMut(ScriptString<'a>)> Machine<'a, F> {
    fn run(&mut self) {
        while let Some((token, offset)) = self.lexer.token() {
            match token {
                Token::Text(text) => self.quoted(text, offset),
                Token::Number(number) => self.number(number, offset),
                Token::Name(name) => self.named(name, offset),
                Token::Sign(sign) => self.sign(sign, offset),
            }
        }
        self.flush();
        self.pour();
    }

    fn literal(&mut self, text: String, offset: usize, numeric: bool) {
        let pieces = Pieces::at(offset);
        self.operand(Joined { text, pieces }, offset, numeric, false);
    }

    fn operand(&mut self, joined: Joined, offset: usize, numeric: bool, from_variable: bool) {
        self.name = None;
        if let Some((elements, start)) = self.closed_list.take()
            && self.lexer.body[..offset].trim_end().ends_with('(')
        {
            // `[…].join(` reached its separator.
            if joined.text.len() <= MAX_SEPARATOR {
                let mut whole = Joined::default();
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        whole.text.push_str(&joined.text);
                    }
                    whole.push(element);
                }
                self.emit(whole, start, true);
            }
            return;
        }
        let joins = self.joining
            && self
                .value
                .as_ref()
                .is_some_and(|value| !(value.numeric && numeric));
        self.joining = false;
        if joins && let Some(value) = &mut self.value {
            if value.joined.text.len() + joined.text.len() <= MAX_VALUE * 4 {
                value.joined.push(&joined);
            }
            value.pieces += 1;
            value.numeric = false;
            return;
        }
        if self.value.is_some() {
            self.flush();
        }
        self.value = Some(Value {
            joined,
            offset,
            pieces: 1,
            numeric,
            from_variable,
        });
    }

    fn named(&mut self, name: &'a str, offset: usize) {
        if self.declares(name) || self.called_list(name, offset) || self.element(name, offset) {
            return;
        }
        if let Some(text) = self.decoded(name) {
            self.closed_list = None;
            return self.composed(text, offset);
        }
        if self.reversed(name, offset)
            || self.replaced(name, offset)
            || self.turned(name)
            || self.lettered(name)
            || self.parsed(name, offset)
            || self.taken_out(name, offset)
        {
            return;
        }
        if name == "concat" || name.ends_with(".concat") {
            return self.concatenated(name, offset);
        }
        self.closed_list = None;
        if name.ends_with("fromCharCode") {
            if let Some((text, len)) = decode::code_call(&self.lexer.body[self.lexer.at..]) {
                self.lexer.at += len;
                self.composed(text, offset);
            }
            return;
        }
        let variable = self.spreads(name);
        if let Some(known) = self.known(variable)
            && known.text.len() <= self.budget
            && !self.is_assigned()
        {
            let known = known.clone();
            self.budget -= known.text.len();
            self.operand(known, offset, false, true);
            self.name = Some(name);
            // What a function gives that takes nothing.
            if self.lexer.body[self.lexer.at..].starts_with("()") {
                self.lexer.at += 2;
            }
            return;
        }
        self.flush();
        self.name = Some(name);
    }

    /// What a variable is, or else the property that is called so of some object.
    fn known(&self, name: &str) -> Option<&Joined> {
        let property = || {
            let at = name.rfind('.').filter(|at| *at > 0)?;
            self.variables.get(&name[at..])
        };
        self.variables.get(name).or_else(property)
    }

    /// `function f() {return "400"}`: what is returned is remembered under the name.
    fn declares(&mut self, name: &'a str) -> bool {
        if self.name == Some("function") {
            self.function = Some(name);
            self.name = None;
            return true;
        }
        let Some(function) = self.function.filter(|_| name == "return") else {
            return false;
        };
        self.function = None;
        self.flush();
        self.key = Some(Cow::Borrowed(function));
        true
    }

    /// Does `=` or `+=` (and no `==`) stand at the reading position?
    fn is_assigned(&self) -> bool {
        let rest = self.lexer.body[self.lexer.at..].trim_start();
        let rest = rest.strip_prefix('+').unwrap_or(rest);
        rest.starts_with('=') && !rest.starts_with("==")
    }

    fn sign(&mut self, sign: char, offset: usize) {
        match sign {
            '+' => {
                if self.lexer.body[self.lexer.at..].starts_with('=') {
                    self.lexer.at += 1;
                    self.append = true;
                    self.key = self.name.take().map(Cow::Borrowed);
                } else {
                    self.joining = self.value.is_some();
                }
            }
            '=' if self.lexer.body[self.lexer.at..].starts_with('=') => {
                self.lexer.at += 1;
                self.flush();
            }
            '=' => {
                let name = self.name.take();
                self.flush();
                self.key = name.map(Cow::Borrowed);
                self.append = false;
                self.property = false;
            }
            ':' => {
                let key = match self.value.take() {
                    Some(value)
                        if value.pieces == 1 && value.joined.text.len() <= 64 && !self.joining =>
                    {
                        Some(Cow::Owned(value.joined.text))
                    }
                    value => {
                        self.value = value;
                        self.name.map(Cow::Borrowed)
                    }
                };
                self.flush();
                self.name = None;
                self.property = key.is_some();
                self.key = key;
            }
            '(' => {
                let name = self.name;
                if name == Some("concat") {
                    self.concat = self.joining;
                    self.name = None;
                } else if !self.joining && self.closed_list.is_none() {
                    self.flush();
                    self.callee = name;
                    self.pushing = name.and_then(|name| name.strip_suffix(".push"));
                }
                self.writing |= name.is_some_and(compose::writes);
            }
            '[' => {
                self.flush_keeping_key();
                self.list = Some((Vec::new(), offset));
                self.spread = false;
            }
            ',' if self.concat => self.joining = self.value.is_some(),
            ',' => {
                if !self.push_element() {
                    let (writing, pushing) = (self.writing, self.pushing);
                    self.flush();
                    (self.writing, self.pushing) = (writing, pushing);
                }
            }
            ']' => {
                self.push_element();
                self.closed_list = self.list.take();
                self.note_list();
            }
            ')' => {
                self.name = None;
                self.concat = false;
                self.callee = self.callee.filter(|_| self.value.is_some());
                self.pushing = self.pushing.filter(|_| self.value.is_some());
                self.writing &= self.value.is_some();
            }
            // What another branch puts on the page does not stand beside it.
            '{' | '}' => {
                // An object in a list has keys of its own.
                self.list = None;
                self.flush();
                self.pour();
            }
            _ => self.flush(),
        }
    }

    fn flush_keeping_key(&mut self) {
        let key = self.key.clone();
        self.flush();
        self.key = key;
    }

    /// Ends the value: hands it on, and remembers it under its name.
    fn flush(&mut self) {
        self.joining = false;
        self.concat = false;
        self.name = None;
        let callee = self.callee.take();
        let (key, append) = (self.key.take(), std::mem::take(&mut self.append));
        let (property, pushing) = (std::mem::take(&mut self.property), self.pushing.take());
        let Some(value) = self.value.take() else {
            return;
        };
        if let Some(list) = pushing {
            self.push_to(list, &value.joined);
        }
        if let Some(key) = key
            .as_ref()
            .filter(|_| property && self.variables.len() < MAX_VARIABLES)
            && value.joined.text.len() <= MAX_VALUE
        {
            let property = Cow::Owned(format!(".{key}"));
            self.variables.insert(property, value.joined.clone());
        }
        if let Some(key) = &key
            && value.joined.text.len() <= MAX_VALUE
        {
            let room = self.variables.len() < MAX_VARIABLES;
            match self.variables.get_mut(key) {
                Some(old) if append && old.text.len() + value.joined.text.len() <= MAX_VALUE => {
                    old.push(&value.joined);
                    if old.text.len() <= self.budget {
                        let whole = old.clone();
                        self.budget -= whole.text.len();
                        self.emit_as(whole, value.offset, true, Some(key.clone()));
                    }
                    return;
                }
                Some(old) => old.clone_from(&value.joined),
                None if room => {
                    self.variables.insert(key.clone(), value.joined.clone());
                }
                None => {}
            }
        }
        if std::mem::take(&mut self.writing) {
            self.write(value);
        } else if !value.from_variable || value.pieces > 1 {
            // Names of functions announce telephones or nothing, and are asked for digits alone.
            let announces = |name: &&str| {
                scan::first(&value.joined.text).is_some() && context::names_telephone(name)
            };
            let key = key.or_else(|| callee.filter(announces).map(Cow::Borrowed));
            self.emit_as(value.joined, value.offset, value.pieces > 1, key);
        }
    }

    fn emit(&mut self, joined: Joined, offset: usize, composed: bool) {
        let key = self.key.take();
        self.emit_as(joined, offset, composed, key);
    }

    fn emit_as(
        &mut self,
        joined: Joined,
        offset: usize,
        composed: bool,
        key: Option<Cow<'a, str>>,
    ) {
        let Joined { text, pieces } = joined;
        if text.len() >= 5 {
            (self.each)(ScriptString {
                text,
                offset,
                pieces,
                composed,
                key,
            });
        }
    }
}

/// The strings of a script alone.
#[cfg(test)]
fn texts(body: &str) -> Vec<String> {
    let mut out = Vec::new();
    strings(body, |string| out.push(string.text));
    out
}
