//! Tables of the lines a block may hold. Unknown names, repetitions and suggestions come from
//! the table; a row only reads its own line.

use evenkeel_caddyfile::ast::{Block, Word};
use evenkeel_diagnostics::{Diagnostics, Span};

use crate::args::Line;
use crate::errors::{self, Finding, Read};

/// One row: how a line with this name changes a `T`.
pub(crate) struct Sub<T: 'static> {
    /// The first word of the line.
    pub(crate) name: &'static str,
    once: bool,
    /// `None` for what Caddy knows and we do not yet.
    read: Option<Reader<T>>,
}

type Reader<T> = fn(Line<'_>, &mut T, &mut Diagnostics) -> Read<()>;

impl<T> Sub<T> {
    /// A line that may be repeated: it adds up, or the last one counts.
    pub(crate) const fn new(name: &'static str, read: Reader<T>) -> Self {
        Self {
            name,
            once: false,
            read: Some(read),
        }
    }

    /// A line that may stand once.
    pub(crate) const fn once(name: &'static str, read: Reader<T>) -> Self {
        Self {
            name,
            once: true,
            read: Some(read),
        }
    }

    /// A line of Caddy's that is not supported yet.
    pub(crate) const fn later(name: &'static str) -> Self {
        Self {
            name,
            once: false,
            read: None,
        }
    }
}

/// Reads all lines of a block into `target`, line by line, so that one bad line hides no other.
pub(crate) fn read_block<T>(
    owner: &Word,
    block: Option<&Block>,
    table: &[Sub<T>],
    target: &mut T,
    diagnostics: &mut Diagnostics,
) {
    let unknown =
        |word: &Word| errors::unknown_subdirective(owner, word, table.iter().map(|row| row.name));
    read_lines(block, table, target, diagnostics, &unknown);
}

/// [`read_block`] with a finding of its own for an unknown name.
pub(crate) fn read_lines<T>(
    block: Option<&Block>,
    table: &[Sub<T>],
    target: &mut T,
    diagnostics: &mut Diagnostics,
    unknown: &dyn Fn(&Word) -> Finding,
) {
    let mut seen: Vec<Option<Span>> = vec![None; table.len()];
    for line in block.into_iter().flat_map(|block| &block.lines) {
        let line = Line::from(line);
        let row = table.iter().position(|row| row.name == line.name.text);
        let read = errors::refuse_import(line.name).and_then(|()| match row {
            None => Err(unknown(line.name)),
            Some(row) => read_row(line, &table[row], &mut seen[row], target, diagnostics),
        });
        if let Err(found) = read {
            diagnostics.push(found.into());
        }
    }
}

fn read_row<T>(
    line: Line<'_>,
    row: &Sub<T>,
    seen: &mut Option<Span>,
    target: &mut T,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let Some(read) = row.read else {
        return Err(errors::word_not_supported(line.name));
    };
    let first = seen.replace(line.name.span);
    if let (true, Some(first)) = (row.once, first) {
        return Err(errors::given_twice(line.name, first));
    }
    read(line, target, diagnostics)
}
