//! `file_server [matcher] [browse] [{ … }]`: answers with files. Caddy:
//! `modules/caddyhttp/fileserver/caddyfile.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::{Browse, FileServer, Precompressed, Sidecar};
use evenkeel_plan::value::Status;

use crate::args::{Line, integer, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, Says as _, Wording};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};

/// Answers with files.
///
/// ```caddyfile
/// file_server [MATCHER] [browse] {
///     root FOLDER
///     hide PATTERN…
///     index FILE…|off
///     browse [TEMPLATE] { … }
///     precompressed [FORMAT…]
///     status STATUS
///     pass_thru
///     …
/// }
/// ```
///
/// The folder is that of `root`, or the one the server was started in. The Caddyfile itself is hidden.
pub(super) const FILE_SERVER: Directive =
    Directive::handlers("file_server", lower).says(Wording::USUAL.counts_all());

const SUBDIRECTIVES: &[Sub<FileServer>] = &[
    Sub::once("fs", fs).on_twice("file system already specified"),
    Sub::new("root", root),
    Sub::new("hide", hide),
    Sub::new("index", index),
    Sub::new("browse", browse).adapts_only(),
    Sub::new("precompressed", precompressed),
    Sub::new("status", status),
    Sub::new("disable_canonical_uris", disable_canonical_uris).counts(),
    Sub::new("pass_thru", pass_thru).counts(),
    Sub::new("etag_file_extensions", etag_file_extensions),
    Sub::others(UNKNOWN).reads_on(),
];

/// The options of `browse`.
const BROWSE: &[Sub<Browse>] = &[
    Sub::once("reveal_symlinks", reveal_symlinks)
        .on_twice("Symlinks path reveal is already enabled")
        .adapts_only(),
    Sub::new("sort", sort).adapts_only(),
    Sub::once("file_limit", file_limit)
        .on_twice("file_limit is already enabled")
        .adapts_only(),
    Sub::others(UNKNOWN).reads_on(),
];

const UNKNOWN: &str = "unknown subdirective '$value'";

const SORTS: [&str; 6] = ["name", "namedirfirst", "size", "time", "asc", "desc"];

const FORMATS: [&str; 3] = ["br", "zstd", "gzip"];

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(1)?;
    let mut handler = FileServer::default();
    if let Some(word) = line.args.first() {
        if word.text != "browse" {
            let names = ["browse"].into_iter();
            let found = errors::unknown_value("unknown-mode", "mode", word, names);
            return Err(found.ended_after(word));
        }
        handler.browse = Some(Browse::default());
    }
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut handler,
        lowering.diagnostics,
    );
    handler
        .hide
        .extend(lowering.file_names.iter().map(|name| hidden(name)));
    Ok(vec![Action::leaf(Handler::FileServer(Box::new(handler)))])
}

/// A name without a folder would hide all files of that name.
fn hidden(name: &str) -> String {
    if name.contains('/') {
        name.to_owned()
    } else {
        format!("./{name}")
    }
}

/// `fs NAME`: the file system that the files are in.
fn fs(line: Line<'_>, handler: &mut FileServer, _: &mut Diagnostics) -> Read<()> {
    handler.fs = line.text("a file system")?;
    Ok(())
}

/// `root FOLDER`: instead of that of the directive `root`.
fn root(line: Line<'_>, handler: &mut FileServer, _: &mut Diagnostics) -> Read<()> {
    handler.root = line.text("a folder")?;
    Ok(())
}

/// `hide PATTERN…`: files that are answered as if they were not there.
fn hide(line: Line<'_>, handler: &mut FileServer, _: &mut Diagnostics) -> Read<()> {
    handler.hide.extend(texts(line.some("a file")?));
    Ok(())
}

/// `index FILE…|off`: what a folder is answered with.
fn index(line: Line<'_>, handler: &mut FileServer, _: &mut Diagnostics) -> Read<()> {
    handler.index_names = Some(texts(line.some("a file")?));
    Ok(())
}

/// `browse [TEMPLATE] [{ reveal_symlinks; sort BY [ORDER]; file_limit NUMBER }]`.
fn browse(line: Line<'_>, handler: &mut FileServer, diagnostics: &mut Diagnostics) -> Read<()> {
    line.at_most(1)?;
    if handler.browse.is_some() {
        let message = "`browse` is given twice";
        let found = errors::conflict(message, line.name.span, None);
        return Err(found.caddy("browsing is already configured"));
    }
    let mut browse = Browse {
        template_file: line
            .args
            .first()
            .map(|word| word.text.clone())
            .unwrap_or_default(),
        ..Browse::default()
    };
    read_block(line.name, line.block, BROWSE, &mut browse, diagnostics);
    handler.browse = Some(browse);
    Ok(())
}

/// `reveal_symlinks`: lists show where symbolic links lead.
fn reveal_symlinks(line: Line<'_>, browse: &mut Browse, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    browse.reveal_symlinks = true;
    Ok(())
}

/// `sort NAME|ORDER…`: by what listings are sorted.
fn sort(line: Line<'_>, browse: &mut Browse, _: &mut Diagnostics) -> Read<()> {
    for word in line.args {
        if !SORTS.contains(&word.text.as_str()) {
            let names = SORTS.into_iter();
            let found = errors::unknown_value("unknown-sort", "sort order", word, names);
            return Err(found.caddy(format!("unknown sort option '{}'", word.text)));
        }
        browse.sort.push(word.text.clone());
    }
    line.no_block()
}

/// `file_limit N`: most files in a listing.
fn file_limit(line: Line<'_>, browse: &mut Browse, _: &mut Diagnostics) -> Read<()> {
    let caddy = "file_limit should have an integer value";
    let word = line.first("a number").says(caddy)?;
    line.at_most(1).says(caddy)?;
    line.no_block()?;
    browse.file_limit = integer(word).says(caddy)?;
    Ok(())
}

/// `precompressed [FORMAT…]`; all formats if none is named.
fn precompressed(line: Line<'_>, handler: &mut FileServer, _: &mut Diagnostics) -> Read<()> {
    let mut order = texts(line.args);
    if order.is_empty() {
        order = FORMATS.map(str::to_owned).into();
    }
    // Several lines add formats, but the order is that of the last.
    let formats = handler
        .precompressed
        .get_or_insert_with(Precompressed::default);
    for (at, name) in order.iter().enumerate() {
        let format = match name.as_str() {
            "br" => &mut formats.br,
            "zstd" => &mut formats.zstd,
            "gzip" => &mut formats.gzip,
            _ => {
                let what = ("format", "http.precompressed");
                let word = &line.args[at];
                let found = errors::unknown_module("unknown-format", what, word, &FORMATS);
                return Err(found);
            }
        };
        *format = Some(Sidecar {});
    }
    handler.precompressed_order = order;
    line.no_block()
}

/// `status STATUS`: instead of 200.
fn status(line: Line<'_>, handler: &mut FileServer, _: &mut Diagnostics) -> Read<()> {
    handler.status_code = Status::read(&line.one("a status")?.text);
    Ok(())
}

/// `disable_canonical_uris`: no redirects that add or take off a slash.
fn disable_canonical_uris(
    line: Line<'_>,
    handler: &mut FileServer,
    _: &mut Diagnostics,
) -> Read<()> {
    line.nothing()?;
    handler.canonical_uris = Some(false);
    Ok(())
}

/// `pass_thru`: a file that is not there is left to what comes behind.
fn pass_thru(line: Line<'_>, handler: &mut FileServer, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    handler.pass_thru = true;
    Ok(())
}

/// `etag_file_extensions EXTENSION…`: files that hold the `ETag` of their neighbour.
fn etag_file_extensions(line: Line<'_>, handler: &mut FileServer, _: &mut Diagnostics) -> Read<()> {
    handler.etag_file_extensions = texts(line.some("an ending")?);
    Ok(())
}
