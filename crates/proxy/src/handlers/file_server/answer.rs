//! The response of an open file. Caddy: Go's `http.ServeContent`.

use std::os::unix::ffi::OsStrExt as _;

use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, LAST_MODIFIED, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use rand::RngExt as _;

use super::conditions::{Version, Wanted, judge};
use super::content_type;
use super::locate::{Opened, read};
use super::ranges::{Asked, Part, parse};
use crate::Body;
use crate::exchange::Exchange;
use crate::file_body::{FileBody, Segment};
use crate::handlers::headers::field_value;

/// What the request's conditions and ranges make of a file.
pub(super) fn respond(exchange: &mut Exchange<'_>, opened: Opened) -> Response<Body> {
    let mut fields = std::mem::take(&mut exchange.early);
    describe(&mut fields, &opened);
    let etag = fields
        .get(ETAG)
        .and_then(|etag| etag.to_str().ok())
        .unwrap_or_default();
    let version = Version {
        etag,
        modified: opened.modified,
    };
    let request = &exchange.request;
    let is_head = *request.method() == Method::HEAD;
    let range = match judge(request.method(), request.headers(), version) {
        Wanted::File(range) => range,
        Wanted::Failed => return bare(StatusCode::PRECONDITION_FAILED, fields),
        Wanted::NotModified => {
            fields.remove(CONTENT_TYPE);
            fields.remove(CONTENT_ENCODING);
            if fields.contains_key(ETAG) {
                fields.remove(LAST_MODIFIED);
            }
            return bare(StatusCode::NOT_MODIFIED, fields);
        }
    };
    let size = opened.size;
    let (status, segments) = match parse(range, size) {
        asked @ (Asked::NoOverlap | Asked::Invalid) => {
            return unsatisfied(fields, asked == Asked::NoOverlap, size);
        }
        Asked::Whole => (StatusCode::OK, whole(&opened)),
        Asked::Parts(parts) => {
            let segments = match parts.as_slice() {
                [only] => one(&mut fields, *only, size),
                parts => {
                    let boundary: u128 = exchange.local.rng.borrow_mut().random();
                    several(&mut fields, parts, size, &format!("{boundary:032x}"))
                }
            };
            (StatusCode::PARTIAL_CONTENT, segments)
        }
    };
    fields.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let body = FileBody::new(opened.file, read, segments);
    fields.insert(CONTENT_LENGTH, body.left().into());
    let body = match body.left() {
        _ if is_head => Body::empty(),
        0 => Body::empty(),
        length if length == opened.beginning.len() as u64 => Body::full(opened.beginning),
        _ => Body::File(Box::new(body)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = fields;
    response
}

/// Fields that others have set stay.
fn describe(fields: &mut HeaderMap, opened: &Opened) {
    if let Some(coding) = opened.coding {
        fields.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    if !opened.etag.is_empty() && fields.get(ETAG).is_none_or(HeaderValue::is_empty) {
        fields.insert(ETAG, field_value(opened.etag.as_bytes()));
    }
    if let Some(modified) = opened.modified {
        let date = httpdate::fmt_http_date(modified);
        fields.insert(LAST_MODIFIED, field_value(date.as_bytes()));
    }
    if fields.get(CONTENT_TYPE).is_none_or(HeaderValue::is_empty) {
        match content_type::of(opened.path.as_os_str().as_bytes()) {
            Some(kind) => fields.insert(CONTENT_TYPE, field_value(kind.as_bytes())),
            None => fields.remove(CONTENT_TYPE),
        };
    }
}

fn whole(opened: &Opened) -> Vec<Segment> {
    let here = opened.beginning.len() as u64;
    let rest = Segment::Part {
        start: here,
        length: opened.size - here,
    };
    let beginning = Segment::Text(opened.beginning.clone());
    match (here, opened.size - here) {
        (0, 0) => Vec::new(),
        (0, _) => vec![rest],
        (_, 0) => vec![beginning],
        _ => vec![beginning, rest],
    }
}

const fn segment(part: Part) -> Segment {
    Segment::Part {
        start: part.start,
        length: part.length,
    }
}

fn one(fields: &mut HeaderMap, part: Part, size: u64) -> Vec<Segment> {
    let range = part.content_range(size);
    fields.insert(CONTENT_RANGE, field_value(range.as_bytes()));
    vec![segment(part)]
}

/// `multipart/byteranges` (RFC 9110 section 14.6).
fn several(fields: &mut HeaderMap, parts: &[Part], size: u64, boundary: &str) -> Vec<Segment> {
    let kind = format!("multipart/byteranges; boundary={boundary}");
    let inner = fields.insert(CONTENT_TYPE, field_value(kind.as_bytes()));
    let inner = inner.as_ref().and_then(|kind| kind.to_str().ok());
    let mut segments = Vec::with_capacity(parts.len() * 2 + 1);
    let mut separator = format!("--{boundary}\r\n");
    for part in parts {
        let range = part.content_range(size);
        let mut head = format!("{separator}Content-Range: {range}\r\n");
        if let Some(inner) = inner {
            head.push_str("Content-Type: ");
            head.push_str(inner);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        segments.push(Segment::Text(head.into()));
        segments.push(segment(*part));
        separator = format!("\r\n--{boundary}\r\n");
    }
    segments.push(Segment::Text(format!("\r\n--{boundary}--\r\n").into()));
    segments
}

fn unsatisfied(mut fields: HeaderMap, tells_size: bool, size: u64) -> Response<Body> {
    let mut text = "invalid range";
    for name in [CACHE_CONTROL, CONTENT_ENCODING, ETAG, LAST_MODIFIED] {
        fields.remove(name);
    }
    if tells_size {
        text = "invalid range: failed to overlap";
        let range = format!("bytes */{size}");
        fields.insert(CONTENT_RANGE, field_value(range.as_bytes()));
    }
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    fields.insert(CONTENT_TYPE, plain);
    fields.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let mut response = bare(StatusCode::RANGE_NOT_SATISFIABLE, fields);
    *response.body_mut() = Body::full(format!("{text}\n"));
    response
}

fn bare(status: StatusCode, fields: HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    *response.headers_mut() = fields;
    response
}
