//! What a CA says is wrong (RFC 8555 section 6.7, RFC 9457). rustls-acme gives refusals only as
//! text, `non 2xx http status: 400 "{…}"`: it is read back here, and nowhere else.

use std::fmt;

use rustls_acme::acme::AcmeError;
use serde::Deserialize;

const TYPE_PREFIX: &str = "urn:ietf:params:acme:error:";
const REFUSAL: &str = "non 2xx http status: ";
/// A CA's prose goes into logs: not more of it than this, in bytes.
const LONGEST_DETAIL: usize = 1000;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind, such as `rateLimited` or `dns`; empty if not told.
    pub kind: String,
    /// For people.
    pub detail: String,
    /// HTTP status; 0 if it is part of another answer.
    pub status: u16,
}

impl std::error::Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind.as_str(), self.status) {
            ("", 0) => f.write_str(&self.detail),
            ("", status) => write!(f, "{} (HTTP {status})", self.detail),
            (kind, _) => write!(f, "{} ({kind})", self.detail),
        }
    }
}

#[derive(Deserialize)]
struct Document {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    subproblems: Vec<Self>,
}

impl Problem {
    /// The refusal in an error of rustls-acme, if it is one.
    pub(super) fn in_error(error: &AcmeError) -> Option<Self> {
        let AcmeError::HttpRequest(inner) = error else {
            return None;
        };
        Self::in_text(&inner.to_string())
    }

    /// The problem in an order, authorization or challenge.
    pub(super) fn from_answer(problem: Option<&rustls_acme::acme::Problem>) -> Self {
        let part = |pick: fn(&rustls_acme::acme::Problem) -> Option<&String>| {
            problem.and_then(pick).cloned().unwrap_or_default()
        };
        let detail = part(|problem| problem.detail.as_ref());
        Self::new(
            &part(|problem| problem.typ.as_ref()),
            if detail.is_empty() {
                "no reason given".to_owned()
            } else {
                detail
            },
            0,
        )
    }

    fn in_text(text: &str) -> Option<Self> {
        let (status, quoted) = text.strip_prefix(REFUSAL)?.split_once(' ')?;
        let status = status.parse().ok()?;
        let body = unquote(quoted);
        let Ok(document) = serde_json::from_str::<Document>(&body) else {
            return Some(Self::new("", body, status));
        };
        let mut detail = document.detail;
        for subproblem in document.subproblems {
            if !subproblem.detail.is_empty() {
                detail = format!("{detail}; {}", subproblem.detail);
            }
        }
        Some(Self::new(&document.kind, detail, status))
    }

    fn new(kind: &str, mut detail: String, status: u16) -> Self {
        detail.truncate(detail.floor_char_boundary(LONGEST_DETAIL));
        let mut kind = kind.strip_prefix(TYPE_PREFIX).unwrap_or(kind).to_owned();
        kind.truncate(kind.floor_char_boundary(100));
        Self {
            kind,
            detail,
            status,
        }
    }

    /// The nonce was used up or forgotten; ask again with a new one (RFC 8555 section 6.5).
    pub(super) fn is_bad_nonce(&self) -> bool {
        self.kind == "badNonce"
    }

    /// The account is not known to the CA (any more).
    pub(super) fn is_unknown_account(&self) -> bool {
        self.kind == "accountDoesNotExist"
    }

    pub(crate) fn hint(&self) -> Option<&'static str> {
        Some(match self.kind.as_str() {
            "dns" => "check the A and AAAA records of the name: they must lead to this machine",
            "connection" | "unauthorized" | "tls" | "incorrectResponse" => {
                "ports 80 and 443 of the name must lead to this machine; check DNS, firewall and \
                 forwarding"
            }
            "caa" => "a CAA record of the domain forbids this CA",
            "rateLimited" => "the CA's rate limit is reached; it will be tried again later",
            "rejectedIdentifier" | "unsupportedIdentifier" => {
                "this CA does not issue for such a name"
            }
            "externalAccountRequired" => {
                "this CA needs external account binding, not supported yet"
            }
            "invalidContact" | "unsupportedContact" => "check the `email` option",
            "userActionRequired" => "agree to the CA's new terms on its site",
            _ => return None,
        })
    }
}

/// Undoes Rust's `{:?}` of a text.
fn unquote(quoted: &str) -> String {
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let Some(inner) = inner else {
        return quoted.to_owned();
    };
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('0') => text.push('\0'),
            Some('u') => {
                let digits: String = chars
                    .by_ref()
                    .skip(1)
                    .take_while(|digit| *digit != '}')
                    .collect();
                text.extend(
                    u32::from_str_radix(&digits, 16)
                        .ok()
                        .and_then(char::from_u32),
                );
            }
            Some(other) => text.push(other),
            None => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, body: &str) -> Problem {
        Problem::in_text(&format!("{REFUSAL}{status} {body:?}")).unwrap()
    }

    #[test]
    fn a_refusal_is_read_out_of_the_text() {
        let body = "{\n   \"type\": \"urn:ietf:params:acme:error:badNonce\",\n   \
                    \"detail\": \"JWS \\\"nonce\\\" bad: ü\",\n   \"status\": 400\n}";
        let problem = refusal(400, body);
        assert_eq!(problem.kind, "badNonce");
        assert_eq!(problem.detail, "JWS \"nonce\" bad: ü");
        assert!(problem.is_bad_nonce() && !problem.is_unknown_account());
        assert_eq!(problem.to_string(), "JWS \"nonce\" bad: ü (badNonce)");
    }

    #[test]
    fn subproblems_are_told_too() {
        let body = r#"{"type":"x","detail":"two names","subproblems":[{"detail":"a bad"},{"detail":"b bad"}]}"#;
        assert_eq!(refusal(403, body).detail, "two names; a bad; b bad");
    }

    #[test]
    fn an_answer_that_is_no_problem_document_is_told_as_it_is() {
        let problem = refusal(502, "<html>\u{1f}Bad Gateway\0</html>");
        assert_eq!(
            problem.to_string(),
            "<html>\u{1f}Bad Gateway\0</html> (HTTP 502)"
        );
        assert!(problem.hint().is_none());
    }

    #[test]
    fn long_prose_is_cut_between_characters() {
        let problem = refusal(500, &"ü".repeat(5000));
        assert_eq!(problem.detail.len(), LONGEST_DETAIL);
    }

    #[test]
    fn other_errors_are_no_refusals() {
        assert!(Problem::in_text("io error: Kind(NotFound)").is_none());
        assert!(Problem::in_text("non 2xx http status: abc \"\"").is_none());
        assert!(Problem::in_error(&AcmeError::MissingHeader("Location")).is_none());
    }
}
