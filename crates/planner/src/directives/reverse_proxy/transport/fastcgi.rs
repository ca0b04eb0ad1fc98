//! `transport fastcgi { … }`. Caddy: `reverseproxy/fastcgi/caddyfile.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::reverse_proxy::FastCgiTransport;

use crate::args::{Line, texts};
use crate::errors::{self, Read};
use crate::subdirective::Sub;
use crate::vocabulary::{self, Known};

/// They can stand in `php_fastcgi` as well.
pub(in crate::directives) const SUBDIRECTIVES: &[Sub<FastCgiTransport>] = &[
    Sub::new("root", root),
    Sub::new("split", split),
    Sub::new("env", env).counts(),
    Sub::new("resolve_root_symlink", resolve_root_symlink).counts(),
    Sub::new("dial_timeout", dial_timeout).on_value("bad timeout value $value: $why"),
    Sub::new("read_timeout", read_timeout).on_value("bad timeout value $value: $why"),
    Sub::new("write_timeout", write_timeout).on_value("bad timeout value $value: $why"),
    Sub::new("capture_stderr", capture_stderr).counts(),
    Sub::others("unrecognized subdirective $value").reads_on(),
];

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// `root FOLDER`.
fn root(line: Line<'_>, transport: &mut FastCgiTransport, _: &mut Diagnostics) -> Read<()> {
    transport.root = line.text("a folder")?;
    Ok(())
}

/// `split ENDING…`.
fn split(line: Line<'_>, transport: &mut FastCgiTransport, _: &mut Diagnostics) -> Read<()> {
    transport.split_path = texts(line.some("an ending")?);
    Ok(())
}

/// `env NAME VALUE`.
fn env(line: Line<'_>, transport: &mut FastCgiTransport, _: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    line.at_most(2)?;
    let [name, value] = line.args else {
        let what = "a variable and its value";
        return Err(errors::missing_argument(line, what));
    };
    let (name, value) = (name.text.clone(), value.text.clone());
    transport.env.insert(name, value);
    Ok(())
}

/// `resolve_root_symlink`.
fn resolve_root_symlink(
    line: Line<'_>,
    transport: &mut FastCgiTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    transport.resolve_root_symlink = true;
    Ok(())
}

/// `dial_timeout DURATION`.
fn dial_timeout(
    line: Line<'_>,
    transport: &mut FastCgiTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    transport.dial_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `read_timeout DURATION`.
fn read_timeout(
    line: Line<'_>,
    transport: &mut FastCgiTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    transport.read_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `write_timeout DURATION`.
fn write_timeout(
    line: Line<'_>,
    transport: &mut FastCgiTransport,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    transport.write_timeout = line.duration(diagnostics)?;
    Ok(())
}

/// `capture_stderr`.
fn capture_stderr(
    line: Line<'_>,
    transport: &mut FastCgiTransport,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    transport.capture_stderr = true;
    Ok(())
}
