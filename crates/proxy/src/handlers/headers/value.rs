//! Names and values of fields, which may hold placeholders.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown};

/// What placeholders see while a header is being edited.
#[derive(Clone, Copy)]
pub(super) enum View<'a> {
    /// The edited header is the exchange's own request's.
    Request(Scope<'a>),
    /// It is the response's.
    Response(Scope<'a>),
    /// It is neither: no placeholder names its fields.
    Aside(Scope<'a>),
}

pub(super) enum Name {
    Known(HeaderName),
    Template(Template),
}

pub(super) enum Value {
    Known(HeaderValue),
    Template(Template),
}

impl View<'_> {
    /// Expands a template with the edited header as it is by now.
    pub(super) fn expand<'t>(&self, edited: &HeaderMap, template: &'t Template) -> Cow<'t, [u8]> {
        match *self {
            Self::Request(scope) => template.expand(&Scope {
                request_headers: edited,
                ..scope
            }),
            Self::Response(scope) => template.expand(&Scope {
                response_headers: edited,
                ..scope
            }),
            Self::Aside(scope) => template.expand(&scope),
        }
    }
}

impl Name {
    pub(super) fn build(text: &str, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let template = Template::parse(text, Unknown::Literal, cx);
        match template.fixed() {
            None => Ok(Self::Template(template)),
            Some(name) => HeaderName::from_bytes(name)
                .map(Self::Known)
                .map_err(|_| cx.error(format!("`{text}` is not a header field's name"))),
        }
    }

    /// `None` if what the placeholders gave is no name.
    pub(super) fn resolve(&self, headers: &HeaderMap, view: &View<'_>) -> Option<HeaderName> {
        match self {
            Self::Known(name) => Some(name.clone()),
            Self::Template(template) => {
                HeaderName::from_bytes(&view.expand(headers, template)).ok()
            }
        }
    }

    pub(super) fn may_be(&self, field: &HeaderName) -> bool {
        match self {
            Self::Known(name) => name == field,
            Self::Template(_) => true,
        }
    }
}

impl Value {
    pub(super) fn build(text: &str, cx: &BuildContext<'_>) -> Self {
        match Template::parse(text, Unknown::Literal, cx) {
            Template::Fixed(text) => Self::Known(fixed_value(text)),
            template @ Template::Parts(_) => Self::Template(template),
        }
    }

    pub(super) fn resolve(&self, headers: &HeaderMap, view: &View<'_>) -> HeaderValue {
        match self {
            Self::Known(value) => value.clone(),
            Self::Template(template) => field_value(&view.expand(headers, template)),
        }
    }
}

/// Without a copy if it can be: clones of it then share the text.
fn fixed_value(text: Bytes) -> HeaderValue {
    let repaired = field_value(&text);
    HeaderValue::from_maybe_shared(text).unwrap_or(repaired)
}

/// A value from any bytes. What no value can hold, a line's end above all, becomes a space, so
/// that nobody can write fields of his own through a placeholder. Caddy: Go's
/// `headerNewlineToSpace`.
pub(crate) fn field_value(text: &[u8]) -> HeaderValue {
    HeaderValue::from_bytes(text).unwrap_or_else(|_| {
        let repair = |byte: u8| if is_value_byte(byte) { byte } else { b' ' };
        let repaired: Vec<u8> = text.iter().map(|&byte| repair(byte)).collect();
        HeaderValue::from_bytes(&repaired).expect("all bytes that no value can hold are gone")
    })
}

/// RFC 9110 section 5.5.
const fn is_value_byte(byte: u8) -> bool {
    byte == b'\t' || (byte >= 32 && byte != 127)
}
