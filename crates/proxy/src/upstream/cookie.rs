//! The cookie that keeps a client at its upstream. Caddy: `CookieHashSelection`.

use std::fmt::Write as _;
use std::time::Duration;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use evenkeel_plan::http::handlers::reverse_proxy::CookiePolicy as Plan;
use http::HeaderValue;

/// Caddy: `CookieHashSelection.Provision`.
const NAME: &str = "lb";

/// How a cookie is written.
#[derive(Debug)]
pub(crate) struct Cookie {
    name: Box<str>,
    secret: Key,
    max_age: Option<Duration>,
}

impl Cookie {
    pub(super) fn build(plan: &Plan) -> Self {
        let name = match plan.name.as_str() {
            "" => NAME,
            name => name,
        };
        Self {
            name: name.into(),
            secret: Key::new(HMAC_SHA256, plan.secret.as_bytes()),
            max_age: plan.max_age.positive(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What marks the client of an upstream: HMAC-SHA256 of its dial string, in hexadecimal.
    pub(super) fn mark(&self, dial: &str) -> Box<str> {
        let mut mark = String::with_capacity(64);
        for byte in sign(&self.secret, dial.as_bytes()).as_ref() {
            write!(mark, "{byte:02x}").expect("writing to a String does not fail");
        }
        mark.into()
    }

    /// The field that gives a client its mark, with the attributes in Go's order. `None` if the
    /// cookie's name is none (RFC 6265 section 4.1.1).
    pub(crate) fn field(&self, mark: &str, is_secure: bool) -> Option<HeaderValue> {
        if self.name.is_empty() || !self.name.bytes().all(is_token_byte) {
            return None;
        }
        let mut text = format!("{}={mark}; Path=/", self.name);
        if let Some(age) = self.max_age.filter(|age| age.as_secs() > 0) {
            write!(text, "; Max-Age={}", age.as_secs()).ok()?;
        }
        text.push_str(if is_secure {
            "; HttpOnly; Secure; SameSite=None"
        } else {
            "; HttpOnly; SameSite=Lax"
        });
        HeaderValue::try_from(text).ok()
    }
}

/// RFC 9110 section 5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(name: &str, secret: &str, seconds: i64) -> Cookie {
        Cookie::build(&Plan {
            name: name.to_owned(),
            secret: secret.to_owned(),
            max_age: evenkeel_plan::value::Duration::from_secs(seconds),
            fallback: None,
        })
    }

    #[test]
    fn value_and_attributes_are_the_real_caddys() {
        let named = cookie("name", "sek", 90);
        let field = named.field(&named.mark("127.0.0.1:9711"), false);
        assert_eq!(
            field.unwrap(),
            "name=26f29b522b867ef3b6a76254c6f8008ce0962a78f50e73591a582beb75d69b03; Path=/; \
             Max-Age=90; HttpOnly; SameSite=Lax"
        );
        let plain = cookie("", "", 0);
        assert_eq!(
            plain.field(&plain.mark("127.0.0.1:9711"), false).unwrap(),
            "lb=a38ee280dddf3d81bb1f1540a9b7bbbd36d295708836ae02c30834b3a94ea879; Path=/; \
             HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            plain.field("x", true).unwrap(),
            "lb=x; Path=/; HttpOnly; Secure; SameSite=None"
        );
    }

    #[test]
    fn what_is_no_name_of_a_cookie_is_never_written() {
        for name in ["a b", "a;b", "a=b", "ä"] {
            assert_eq!(cookie(name, "", 0).field("x", false), None, "{name}");
        }
    }
}
