//! `header [matcher] [[+|-|?|>]FIELD [VALUE|FIND [REPLACE]]]`, or a block of such lines and
//! `defer`: edits of the response's header. Caddy: `modules/caddyhttp/headers/caddyfile.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::reverse_proxy::ProxyHeaders;
use evenkeel_plan::http::handlers::{
    HeaderOps, HeaderReplacement, Headers, ResponseHeaderOps, ResponseMatcher,
};

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, Says as _, Wording};
use crate::matchers::{Scope, read_response};
use crate::names::canonical_header;
use crate::routes::Action;

/// Changes header fields of the response.
///
/// ```caddyfile
/// header [MATCHER] [+|-|?|>]FIELD [VALUE|FIND REPLACEMENT] {
///     [+|-|?|>]FIELD [VALUE|FIND REPLACEMENT]
///     match …
///     defer
/// }
/// ```
///
/// `+` adds, `-` deletes (`*` may stand at an end of the name), `?` sets what is missing, `>` waits
/// for the response of what comes behind, as `defer` does for all lines of a block.
pub(super) const HEADER: Directive = Directive::handlers("header", lower);

/// What the lines of one directive become: in a block, `?` needs a handler of its own.
#[derive(Default)]
struct Lowered {
    always: ResponseHeaderOps,
    if_absent: ResponseHeaderOps,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of directives has it"
)]
fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut lowered = Lowered::default();
    match (line.args, line.block) {
        ([], None) => {
            let found = errors::no_effect(line.name, line.span());
            lowering.diagnostics.push(found.into());
        }
        ([], Some(block)) => {
            for line in &block.lines {
                let read = block_line(Line::from(line), &mut lowered, lowering.diagnostics);
                lowering.keep(read);
            }
        }
        ([field, values @ ..], block) => {
            // Behind a fourth word Caddy does not look for a block.
            let block = match values {
                [_, _, _, ..] => line.keep_only(3, lowering.diagnostics).block,
                _ => block,
            };
            let ops = &mut lowered.always;
            operation(&field.text, field, values, ops, lowering.diagnostics);
            for extra in block.into_iter().flat_map(|block| &block.lines) {
                let read = extra_line(Line::from(extra), &mut lowered, lowering.diagnostics);
                lowering.keep(read);
            }
        }
    }
    let handlers = [lowered.always, lowered.if_absent];
    Ok(handlers
        .into_iter()
        .filter(|ops| *ops != ResponseHeaderOps::default())
        .map(leaf)
        .collect())
}

fn leaf(mut response: ResponseHeaderOps) -> Action {
    sort(&mut response);
    let headers = Headers {
        request: None,
        response: Some(response),
    };
    Action::leaf(Handler::Headers(Box::new(headers)))
}

fn block_line(line: Line<'_>, lowered: &mut Lowered, diagnostics: &mut Diagnostics) -> Read<()> {
    match line.name.text.as_str() {
        "match" => return extra_line(line, lowered, diagnostics),
        "defer" => {
            line.no_block()?;
            lowered.always.deferred = true;
            return match line.args {
                [] => Ok(()),
                [next, args @ ..] => next_line(line, next, args, lowered, diagnostics),
            };
        }
        _ => {}
    }
    line.no_block()?;
    // `Field: value`, as people write it for curl.
    let field = line.name.text.strip_suffix(':').unwrap_or(&line.name.text);
    let is_default = field.starts_with('?');
    let ops = if is_default {
        &mut lowered.if_absent
    } else {
        &mut lowered.always
    };
    operation(field, line.name, line.args, ops, diagnostics);
    let [_, _, next, args @ ..] = line.args else {
        return Ok(());
    };
    next_line(line, next, args, lowered, diagnostics)
}

/// Caddy takes what follows for the next line.
fn next_line(
    line: Line<'_>,
    next: &Word,
    args: &[Word],
    lowered: &mut Lowered,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    diagnostics.push(errors::two_in_one_line(line.name, 2, next).into());
    let rest = Line {
        name: next,
        args,
        block: None,
    };
    block_line(rest, lowered, diagnostics)
}

/// What may stand in the block even if the field stands before it.
fn extra_line(line: Line<'_>, lowered: &mut Lowered, diagnostics: &mut Diagnostics) -> Read<()> {
    let caddy = "cannot specify headers in both arguments and block";
    match line.name.text.as_str() {
        "defer" => {
            lowered.always.deferred = true;
            line.at_most(0).says(caddy)?;
            line.no_block().says(caddy)
        }
        "match" => {
            let mut require = ResponseMatcher::default();
            read_response(line, &mut require, diagnostics);
            lowered.always.require = Some(require);
            Ok(())
        }
        _ => {
            let message = "header fields are given both in the arguments and in the block";
            let found = errors::conflict(message, line.name.span, None);
            Err(found.caddy(caddy))
        }
    }
}

/// Adds the operation on `field`, which `word` says.
fn operation(
    field: &str,
    word: &Word,
    values: &[Word],
    ops: &mut ResponseHeaderOps,
    diagnostics: &mut Diagnostics,
) {
    let (prefix, name) = split_prefix(field);
    if name.is_empty() {
        let message = "a header field needs a name";
        let found = errors::bad_value(word, message, "no name here");
        diagnostics.push(found.into_warning().into());
    }
    let value = values
        .first()
        .map(|word| word.text.clone())
        .unwrap_or_default();
    let replacement = values.get(1).map(|word| word.text.clone());
    match prefix {
        Prefix::Add => ops
            .add
            .entry(canonical_header(name))
            .or_default()
            .push(value),
        Prefix::Delete => {
            ops.delete.push(name.to_owned());
            ops.deferred = true;
        }
        Prefix::IfAbsent => {
            let require = ops.require.get_or_insert_with(ResponseMatcher::default);
            require.headers.insert(name.to_owned(), None);
            ops.set.insert(canonical_header(name), vec![value]);
        }
        Prefix::None | Prefix::Deferred => {
            ops.deferred |= prefix == Prefix::Deferred;
            set_or_replace(ops, name, value, replacement);
        }
    }
}

fn set_or_replace(
    ops: &mut ResponseHeaderOps,
    name: &str,
    value: String,
    replacement: Option<String>,
) {
    let Some(replace) = replacement else {
        ops.set.insert(canonical_header(name), vec![value]);
        return;
    };
    ops.replace
        .entry(name.to_owned())
        .or_default()
        .push(HeaderReplacement {
            search: String::new(),
            search_regexp: value,
            replace,
        });
}

/// The line of a `header_up` or `header_down`. There is no `?`, and `>` means nothing special.
pub(super) fn proxy_operation(
    line: Line<'_>,
    ops: &mut ResponseHeaderOps,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let field = line.first("a field")?;
    let counted = line.at_most(3);
    counted.map_err(|found| found.worded(&Wording::USUAL.counts_all()))?;
    line.no_block()?;
    if field.text.starts_with('?') {
        return Err(errors::default_of_request(field));
    }
    operation(&field.text, field, &line.args[1..], ops, diagnostics);
    Ok(())
}

/// The line of a `request_header`. There is no `?`, and `>` means nothing special.
pub(super) fn request_operation(
    line: Line<'_>,
    ops: &mut ResponseHeaderOps,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(3)?;
    let field = line.first("a field")?;
    let name = field.text.strip_suffix(':').unwrap_or(&field.text);
    field_operation(field, name, &line.args[1..], ops, diagnostics)
}

/// [`request_operation`] for words that were taken apart, with the field's `name`.
pub(super) fn field_operation(
    field: &Word,
    name: &str,
    values: &[Word],
    ops: &mut ResponseHeaderOps,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let line = Line {
        name: field,
        args: values,
        block: None,
    };
    let counted = line.at_most(2);
    counted.map_err(|found| found.worded(&Wording::USUAL.counts_all()))?;
    if field.text.starts_with('?') {
        return Err(errors::default_of_request(field));
    }
    operation(name, field, values, ops, diagnostics);
    Ok(())
}

/// The operations that a request can have.
pub(super) fn request_ops(mut ops: ResponseHeaderOps) -> HeaderOps {
    sort(&mut ops);
    HeaderOps {
        add: ops.add,
        set: ops.set,
        delete: ops.delete,
        replace: ops.replace,
    }
}

/// What all lines of `header_up` and `header_down` come to. Caddy defers neither.
pub(super) fn proxy_headers(
    mut up: ResponseHeaderOps,
    mut down: ResponseHeaderOps,
) -> Option<ProxyHeaders> {
    sort(&mut up);
    sort(&mut down);
    down.deferred = false;
    let request = HeaderOps {
        add: up.add,
        set: up.set,
        delete: up.delete,
        replace: up.replace,
    };
    let headers = ProxyHeaders {
        request: (request != HeaderOps::default()).then_some(request),
        response: (down != ResponseHeaderOps::default()).then_some(down),
    };
    (headers != ProxyHeaders::default()).then_some(headers)
}

fn sort(ops: &mut ResponseHeaderOps) {
    ops.add.sort_keys();
    ops.set.sort_keys();
    ops.replace.sort_keys();
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Prefix {
    None,
    Add,
    Delete,
    IfAbsent,
    Deferred,
}

fn split_prefix(field: &str) -> (Prefix, &str) {
    let prefix = match field.as_bytes().first() {
        Some(b'+') => Prefix::Add,
        Some(b'-') => Prefix::Delete,
        Some(b'?') => Prefix::IfAbsent,
        Some(b'>') => Prefix::Deferred,
        _ => return (Prefix::None, field),
    };
    (prefix, &field[1..])
}
