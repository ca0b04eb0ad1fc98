//! `header_up` and `header_down`: edits of header fields on the way to and from an upstream.

use evenkeel_diagnostics::Diagnostics;

use super::Proxy;
use crate::args::Line;
use crate::directives::header;
use crate::errors::Read;

/// `header_up [+|-]FIELD [VALUE|FIND [REPLACE]]`.
pub(super) fn up(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    header::proxy_operation(line, &mut proxy.up, diagnostics)
}

/// `header_down [+|-]FIELD [VALUE|FIND [REPLACE]]`.
pub(super) fn down(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    header::proxy_operation(line, &mut proxy.down, diagnostics)
}
