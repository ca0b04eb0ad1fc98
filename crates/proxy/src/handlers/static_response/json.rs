//! Whether a text is JSON (RFC 8259), without recursion and without making a value of it.

/// How deep values may be nested. Go's `json.Valid`, which Caddy asks, stops there, too.
const MAX_DEPTH: usize = 10_000;

/// Whether `text` is one JSON value.
pub(super) fn is_valid(text: &[u8]) -> bool {
    let mut scanner = Scanner { text, at: 0 };
    scanner.document().is_some() && scanner.at == text.len()
}

/// What may stand next.
#[derive(Clone, Copy)]
enum Next {
    Value,
    /// A value or the end of the array that has just been opened.
    ValueOrEnd,
    Key,
    /// A key or the end of the object that has just been opened.
    KeyOrEnd,
    /// A comma or the end of what is open.
    CommaOrEnd,
}

/// `None` is "not JSON" throughout.
struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
}

impl Scanner<'_> {
    fn document(&mut self) -> Option<()> {
        let mut open: Vec<u8> = Vec::new(); // the closing bracket of each that is open
        let mut next = Next::Value;
        loop {
            self.skip_space();
            next = match (next, self.peek()?) {
                (Next::CommaOrEnd, b']' | b'}')
                | (Next::ValueOrEnd, b']')
                | (Next::KeyOrEnd, b'}') => self.close(&mut open)?,
                (Next::CommaOrEnd, b',') => {
                    self.at += 1;
                    if open.last() == Some(&b'}') {
                        Next::Key
                    } else {
                        Next::Value
                    }
                }
                (Next::CommaOrEnd, _) => return None,
                (Next::Key | Next::KeyOrEnd, _) => {
                    self.string()?;
                    self.skip_space();
                    self.expect(b':')?;
                    Next::Value
                }
                (Next::Value | Next::ValueOrEnd, b'{') => {
                    self.open(&mut open, b'}', Next::KeyOrEnd)?
                }
                (Next::Value | Next::ValueOrEnd, b'[') => {
                    self.open(&mut open, b']', Next::ValueOrEnd)?
                }
                (Next::Value | Next::ValueOrEnd, _) => {
                    self.scalar()?;
                    Next::CommaOrEnd
                }
            };
            if open.is_empty() {
                self.skip_space();
                return Some(());
            }
        }
    }

    fn open(&mut self, open: &mut Vec<u8>, end: u8, next: Next) -> Option<Next> {
        self.at += 1;
        open.push(end);
        (open.len() <= MAX_DEPTH).then_some(next)
    }

    fn close(&mut self, open: &mut Vec<u8>) -> Option<Next> {
        let end = open.pop()?;
        self.expect(end)?;
        Some(Next::CommaOrEnd)
    }

    fn scalar(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string(),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.text[self.at..]
            .starts_with(word)
            .then(|| self.at += word.len())
    }

    fn string(&mut self) -> Option<()> {
        self.expect(b'"')?;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                0..0x20 => return None,
                b'\\' => {
                    let escape = self.peek()?;
                    self.at += 1;
                    match escape {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        b'u' => {
                            let hex = self.text.get(self.at..self.at + 4)?;
                            if !hex.iter().all(u8::is_ascii_hexdigit) {
                                return None;
                            }
                            self.at += 4;
                        }
                        _ => return None,
                    }
                }
                _ => {}
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        self.skip(b"-");
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.skip(b".") {
            self.digits()?;
        }
        if self.skip(b"eE") {
            self.skip(b"+-");
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let count = self.text[self.at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        self.at += count;
        (count > 0).then_some(())
    }

    fn skip(&mut self, any: &[u8]) -> bool {
        let there = self.peek().is_some_and(|byte| any.contains(&byte));
        self.at += usize::from(there);
        there
    }

    fn skip_space(&mut self) {
        while self.skip(b" \t\r\n") {}
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip(&[byte]).then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_json_and_nothing_else() {
        let valid = [
            "{}",
            "[]",
            "[[],{}]",
            r#"{"a":1}"#,
            r#" { "a" : [ 1 , -0.5e+3 , null ] } "#,
            r#"["\u00e9\n\"", true, false]"#,
            "1",
            r#""é""#,
            "[0]",
            "[10]",
        ];
        for text in valid {
            assert!(is_valid(text.as_bytes()), "{text}");
        }
        let invalid = [
            "",
            "{",
            "}",
            "[1,]",
            "[,1]",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            "{a:1}",
            "[01]",
            "[1.]",
            "[1e]",
            "[-]",
            "[+1]",
            "['a']",
            r#"["\x"]"#,
            r#"["\u12g4"]"#,
            "[\"\n\"]",
            "[1]]",
            "[1}",
            "[1 2]",
            "nul",
            "[tru]",
            "{} {}",
            r#"[""#,
        ];
        for text in invalid {
            assert!(!is_valid(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_overflow() {
        let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(is_valid(&nested(MAX_DEPTH)));
        assert!(!is_valid(&nested(MAX_DEPTH + 1)));
        assert!(!is_valid(&vec![b'['; 1_000_000]));
    }
}
