//! How bodies and upgraded connections are passed on: flushing, buffers and times.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::value::Duration;

use super::Proxy;
use crate::args::Line;
use crate::errors::Read;
use crate::sizes;

/// `flush_interval DURATION`, or -1 for at once.
pub(super) fn flush_interval(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    proxy.handler.flush_interval = duration_or_nanoseconds(line)?;
    Ok(())
}

/// `request_buffers SIZE|unlimited`.
pub(super) fn request_buffers(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    proxy.handler.request_buffers = size(line)?;
    Ok(())
}

/// `response_buffers SIZE|unlimited`.
pub(super) fn response_buffers(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    proxy.handler.response_buffers = size(line)?;
    Ok(())
}

/// `stream_buffer_size SIZE|unlimited`.
pub(super) fn buffer_size(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    proxy.handler.stream_buffer_size = size(line)?;
    Ok(())
}

/// `stream_timeout DURATION`.
pub(super) fn timeout(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    proxy.handler.stream_timeout = duration_or_nanoseconds(line)?;
    Ok(())
}

/// `stream_close_delay DURATION`.
pub(super) fn close_delay(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    proxy.handler.stream_close_delay = duration_or_nanoseconds(line)?;
    Ok(())
}

/// A bare number is one of nanoseconds here.
fn duration_or_nanoseconds(line: Line<'_>) -> Read<Duration> {
    let word = line.one("a duration")?;
    match word.text.parse() {
        Ok(nanos) => Ok(Duration::from_nanos(nanos)),
        Err(_) => line.signed_duration(),
    }
}

/// Caddy reads the size before it looks for more words.
fn size(line: Line<'_>) -> Read<i64> {
    let word = line.first("a size")?;
    let size = match word.text.as_str() {
        "unlimited" => -1,
        _ => sizes::bytes(word)?,
    };
    line.one("a size")?;
    Ok(size)
}
