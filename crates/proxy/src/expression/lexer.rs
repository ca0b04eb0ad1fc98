//! Words of an expression. Language: CEL's specification, "Lexical syntax".

use super::Mistake;

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Int(u64),
    Uint(u64),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// Letters, digits and underscores.
    Name(String),
    /// An operator or bracket.
    Sign(&'static str),
    End,
}

/// The longer before the shorter.
const SIGNS: &[&str] = &[
    "||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",",
    "(", ")", "[", "]", "{", "}",
];

/// All words with where they begin; the last is [`Token::End`].
pub(super) fn words(text: &str) -> Result<Vec<(usize, Token)>, Mistake> {
    let (mut words, mut at) = (Vec::new(), 0);
    loop {
        at += blank(&text[at..]);
        let rest = &text[at..];
        if rest.is_empty() {
            words.push((at, Token::End));
            return Ok(words);
        }
        let (token, length) = word(rest).map_err(|message| Mistake::new(at, message))?;
        words.push((at, token));
        at += length;
    }
}

/// How many bytes of white space and comments there are.
fn blank(text: &str) -> usize {
    let mut rest = text.trim_start();
    while rest.starts_with("//") {
        let end = rest.find('\n').unwrap_or(rest.len());
        rest = rest[end..].trim_start();
    }
    text.len() - rest.len()
}

/// The first word, and how many bytes it has.
fn word(text: &str) -> Result<(Token, usize), String> {
    let first = text.as_bytes()[0];
    if let Some((raw, bytes, quote)) = string_start(text) {
        return string(text, quote, raw, bytes);
    }
    if first.is_ascii_digit() || (first == b'.' && second_is_digit(text)) {
        return number(text);
    }
    if first.is_ascii_alphabetic() || first == b'_' {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
        let name = &text[..end];
        return Ok((
            match name {
                "in" => Token::Sign("in"),
                name => Token::Name(name.to_owned()),
            },
            end,
        ));
    }
    let sign = SIGNS.iter().find(|sign| text.starts_with(**sign));
    sign.map(|sign| (Token::Sign(sign), sign.len()))
        .ok_or_else(|| {
            let odd = text.chars().next().unwrap_or_default();
            format!("unexpected `{odd}`")
        })
}

fn second_is_digit(text: &str) -> bool {
    text.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}

fn number(text: &str) -> Result<(Token, usize), String> {
    let digits = |from: usize, is_digit: fn(&u8) -> bool| {
        let rest = text.as_bytes()[from..].iter();
        from + rest.take_while(|byte| is_digit(byte)).count()
    };
    let bad = |end: usize| format!("`{}` is not a number", &text[..end]);
    if text.starts_with("0x") || text.starts_with("0X") {
        let end = digits(2, u8::is_ascii_hexdigit);
        let value = u64::from_str_radix(&text[2..end], 16).map_err(|_| bad(end))?;
        return Ok(suffixed(text, end, value));
    }
    let mut end = digits(0, u8::is_ascii_digit);
    let mut is_double = false;
    if text[end..].starts_with('.') && digits(end + 1, u8::is_ascii_digit) > end + 1 {
        end = digits(end + 1, u8::is_ascii_digit);
        is_double = true;
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        end = digits(end + 1 + sign, u8::is_ascii_digit);
        is_double = true;
    }
    if is_double {
        let value = text[..end].parse().map_err(|_| bad(end))?;
        return Ok((Token::Double(value), end));
    }
    let value = text[..end].parse().map_err(|_| bad(end))?;
    Ok(suffixed(text, end, value))
}

fn suffixed(text: &str, end: usize, value: u64) -> (Token, usize) {
    if text[end..].starts_with(['u', 'U']) {
        return (Token::Uint(value), end + 1);
    }
    (Token::Int(value), end)
}

/// Whether a string is raw and of bytes, and where its quote begins; `None` if there is none.
fn string_start(text: &str) -> Option<(bool, bool, usize)> {
    let (mut raw, mut bytes) = (false, false);
    for (at, byte) in text.bytes().enumerate().take(3) {
        match byte {
            b'r' | b'R' if !raw => raw = true,
            b'b' | b'B' if !bytes => bytes = true,
            b'"' | b'\'' => return Some((raw, bytes, at)),
            _ => return None,
        }
    }
    None
}

fn string(text: &str, start: usize, raw: bool, bytes: bool) -> Result<(Token, usize), String> {
    let quote = &text[start..=start];
    let triple = quote.repeat(3);
    let is_long = text[start..].starts_with(&triple);
    let quote = if is_long { &*triple } else { quote };
    let (mut out, mut at) = (Vec::new(), start + quote.len());
    loop {
        let rest = &text[at..];
        if rest.starts_with(quote) {
            at += quote.len();
            break;
        }
        match rest.chars().next() {
            None => return Err("unclosed string".to_owned()),
            Some('\n' | '\r') if !is_long => return Err("unclosed string".to_owned()),
            Some('\\') if !raw => at += 1 + escape(&rest[1..], bytes, &mut out)?,
            Some(other) => {
                at += other.len_utf8();
                out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    if bytes {
        return Ok((Token::Bytes(out), at));
    }
    let out = String::from_utf8(out).map_err(|_| "the string is not UTF-8".to_owned())?;
    Ok((Token::Text(out), at))
}

/// What follows a backslash: adds what it stands for, and tells its length.
fn escape(text: &str, bytes: bool, out: &mut Vec<u8>) -> Result<usize, String> {
    const SIMPLE: &[u8] = b"a\x07b\x08f\x0cn\nr\rt\tv\x0b\\\\??\"\"''``";
    let bad = || "bad escape in a string".to_owned();
    let first = *text.as_bytes().first().ok_or_else(bad)?;
    if let Some([_, plain]) = SIMPLE.chunks(2).find(|pair| pair[0] == first) {
        out.push(*plain);
        return Ok(1);
    }
    let (radix, from, length) = match first {
        b'x' | b'X' => (16, 1, 2),
        b'u' => (16, 1, 4),
        b'U' => (16, 1, 8),
        b'0'..=b'3' => (8, 0, 3),
        _ => return Err(bad()),
    };
    let digits = text.get(from..from + length).ok_or_else(bad)?;
    let code = u32::from_str_radix(digits, radix).map_err(|_| bad())?;
    match u8::try_from(code) {
        Ok(byte) if bytes => out.push(byte),
        _ => {
            let letter = char::from_u32(code).ok_or_else(bad)?;
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    Ok(from + length)
}
