//! The conditions a matcher can be made of. Caddy: `modules/caddyhttp/matchers.go`.

use evenkeel_plan::http::MatcherSet;

use crate::args::{Line, texts};
use crate::errors::{self, Read};
use crate::names::canonical_header;
use crate::vocabulary::{self, Known};

type Reader = fn(Line<'_>, &mut MatcherSet) -> Read<()>;

/// All conditions Caddy knows; those without a reader are not supported yet.
static CONDITIONS: &[(&str, Option<Reader>)] = &[
    ("path", Some(path)),
    ("host", Some(host)),
    ("method", Some(method)),
    ("header", Some(header)),
    ("client_ip", None),
    ("expression", None),
    ("file", None),
    ("header_regexp", None),
    ("not", None),
    ("path_regexp", None),
    ("protocol", None),
    ("query", None),
    ("remote_ip", None),
    ("tls", None),
    ("url_pattern", None),
    ("vars", None),
    ("vars_regexp", None),
];

/// The conditions, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_list(CONDITIONS)
}

/// Adds the condition of one line to a set. The same kind twice adds up.
pub(super) fn read(line: Line<'_>, set: &mut MatcherSet) -> Read<()> {
    let row = CONDITIONS.iter().find(|(name, _)| *name == line.name.text);
    match row {
        None => Err(errors::unknown_matcher(
            line.name,
            CONDITIONS.iter().map(|(name, _)| *name),
        )),
        Some((name, None)) => Err(errors::not_supported(
            &format!("the matcher `{name}`"),
            line.name.span,
        )),
        Some((_, Some(read))) => read(line, set),
    }
}

fn path(line: Line<'_>, set: &mut MatcherSet) -> Read<()> {
    set.path.extend(texts(line.some("a path")?));
    Ok(())
}

fn host(line: Line<'_>, set: &mut MatcherSet) -> Read<()> {
    set.host.extend(texts(line.some("a host")?));
    Ok(())
}

fn method(line: Line<'_>, set: &mut MatcherSet) -> Read<()> {
    set.method.extend(texts(line.some("a method")?));
    Ok(())
}

/// `header FIELD VALUE`, or `header !FIELD` for a field that must be absent.
fn header(line: Line<'_>, set: &mut MatcherSet) -> Read<()> {
    line.no_block()?;
    let field = line.first("a field and a value")?;
    if let Some(name) = field.text.strip_prefix('!') {
        line.at_most(1)?;
        if name.is_empty() {
            return Err(errors::bad_value(
                field,
                "a header field needs a name",
                "no name here",
            ));
        }
        set.header.insert(name.to_owned(), None);
        return Ok(());
    }
    line.at_most(2)?;
    let Some(value) = line.args.get(1) else {
        return Err(errors::missing_argument(
            line.name,
            line.span(),
            "a value after the field",
        ));
    };
    let values = set.header.entry(canonical_header(&field.text)).or_default();
    values.get_or_insert_default().push(value.text.clone());
    Ok(())
}
