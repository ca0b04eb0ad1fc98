//! `uri [matcher] strip_prefix|strip_suffix|replace|path_regexp|query …`: edits of the URI. Caddy:
//! `modules/caddyhttp/rewrite/caddyfile.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_plan::http::handlers::{
    QueryOps, QueryPair, QueryReplacement, RegexpReplacement, Rewrite, SubstringReplacement,
};

use crate::args::{Line, integer};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, Says as _, Wording, go};
use crate::matchers::Scope;
use crate::routes::Action;

use super::rewrite::leaf;

/// Edits the URI of the request.
///
/// ```caddyfile
/// uri [MATCHER] strip_prefix|strip_suffix TEXT
/// uri [MATCHER] replace FIND REPLACEMENT [LIMIT]
/// uri [MATCHER] path_regexp REGEXP REPLACEMENT
/// uri [MATCHER] query [+|-|>]NAME [VALUE]
/// ```
pub(super) const URI: Directive =
    Directive::handlers("uri", lower).says(Wording::USUAL.counts_all());

const OPERATIONS: [&str; 5] = [
    "strip_prefix",
    "strip_suffix",
    "replace",
    "path_regexp",
    "query",
];

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let operation = line.first("an operation")?;
    let rest = Line {
        name: operation,
        ..line.skip_first()
    };
    let mut rewrite = Rewrite::default();
    match operation.text.as_str() {
        "strip_prefix" => {
            rewrite.strip_path_prefix =
                rest.without_block(lowering.diagnostics).text("a prefix")?;
        }
        "strip_suffix" => {
            rewrite.strip_path_suffix =
                rest.without_block(lowering.diagnostics).text("a suffix")?;
        }
        "replace" => {
            rest.at_most(3)?;
            let (find, replace) = find_and_replace(rest)?;
            let limit = rest.args.get(2).map(limit).transpose()?.unwrap_or(0);
            rewrite.uri_substring.push(SubstringReplacement {
                find,
                replace,
                limit,
            });
        }
        "path_regexp" => {
            rest.at_most(2)?;
            let (find, replace) = find_and_replace(rest)?;
            rewrite
                .path_regexp
                .push(RegexpReplacement { find, replace });
        }
        "query" => rewrite.query = Some(query(rest, lowering)?),
        _ => {
            let (id, what) = ("unknown-operation", "operation on the URI");
            let names = OPERATIONS.into_iter();
            let found = errors::unknown_value(id, what, operation, names);
            return Err(found.caddy(format!(
                "unrecognized URI manipulation '{}'",
                operation.text
            )));
        }
    }
    Ok(leaf(rewrite))
}

fn find_and_replace(line: Line<'_>) -> Read<(String, String)> {
    match line.args {
        [find, replace, ..] => Ok((find.text.clone(), replace.text.clone())),
        _ => Err(errors::missing_argument(
            line,
            "what to look for, and what to put in its place",
        )),
    }
}

fn limit(word: &Word) -> Read<i64> {
    let caddy = format!(
        "limit must be an integer; invalid: {}",
        go::number("Atoi", &word.text)
    );
    integer(word).says(caddy)
}

/// `query OPERATION`, or a block of operations.
fn query(line: Line<'_>, lowering: &mut Lowering<'_>) -> Read<QueryOps> {
    let mut ops = QueryOps::default();
    if let Some((key, values)) = line.args.split_first() {
        query_operation(key, values, &mut ops)?;
    }
    for inner in line.block.into_iter().flat_map(|block| &block.lines) {
        if !line.args.is_empty() {
            let message = "edits of the query are given both in the arguments and in the block";
            let found = errors::conflict(message, inner.name.span, None);
            let caddy = "Cannot specify uri query rewrites in both argument and block";
            return Err(found.caddy(caddy));
        }
        let inner = Line::from(inner);
        let read = query_operation(inner.name, inner.args, &mut ops)
            .and_then(|()| inner.no_block_as_word());
        lowering.keep(read);
    }
    Ok(ops)
}

/// `-KEY`, `+KEY VALUE`, `KEY VALUE`, `KEY>NAME` or `KEY FIND REPLACE`.
fn query_operation(key: &Word, values: &[Word], ops: &mut QueryOps) -> Read<()> {
    let pair = |key: &str, val: &str| QueryPair {
        key: key.to_owned(),
        val: val.to_owned(),
    };
    let text = key.text.as_str();
    let most = match text {
        _ if text.starts_with('-') => 0,
        _ if text.starts_with('+') => 1,
        _ if text.contains('>') => 0,
        _ => 2,
    };
    let line = Line {
        name: key,
        args: values,
        block: None,
    };
    line.at_most(most)?;
    match values {
        [] if text.starts_with('-') => ops.delete.push(text[1..].to_owned()),
        [] if most == 0 => {
            let (old, new) = text.split_once('>').unwrap_or((text, ""));
            ops.rename.push(pair(old, new));
        }
        [] => return Err(errors::missing_argument(line, "a value")),
        [value] if most == 1 => ops.add.push(pair(&text[1..], &value.text)),
        [value] => ops.set.push(pair(text, &value.text)),
        [find, replace, ..] => ops.replace.push(QueryReplacement {
            key: text.to_owned(),
            search: String::new(),
            search_regexp: find.text.clone(),
            replace: replace.text.clone(),
        }),
    }
    Ok(())
}
