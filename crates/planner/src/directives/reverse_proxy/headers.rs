//! `header_up` and `header_down`: edits of header fields on the way to and from an upstream.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::HeaderOps;
use evenkeel_plan::http::handlers::reverse_proxy::ProxyHeaders;

use super::Proxy;
use crate::args::Line;
use crate::directives::header;
use crate::errors::Read;

/// `header_up [+|-]FIELD [VALUE|FIND [REPLACE]]`.
pub(super) fn up(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    header::proxy_operation(line, edits(proxy).request.get_or_insert_default())
}

/// `header_down [+|-]FIELD [VALUE|FIND [REPLACE]]`.
pub(super) fn down(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    let response = edits(proxy).response.get_or_insert_default();
    let mut ops = HeaderOps {
        add: std::mem::take(&mut response.add),
        set: std::mem::take(&mut response.set),
        delete: std::mem::take(&mut response.delete),
        replace: std::mem::take(&mut response.replace),
    };
    let read = header::proxy_operation(line, &mut ops);
    (response.add, response.set) = (ops.add, ops.set);
    (response.delete, response.replace) = (ops.delete, ops.replace);
    read
}

fn edits(proxy: &mut Proxy) -> &mut ProxyHeaders {
    proxy.handler.headers.get_or_insert_default()
}
