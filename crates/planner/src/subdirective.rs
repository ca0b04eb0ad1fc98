//! Tables of the lines a block may hold. Unknown names, repetitions and suggestions come from
//! the table; a row only reads its own line.

use evenkeel_caddyfile::ast::{Block, Word};
use evenkeel_diagnostics::{Diagnostics, Span};

use crate::args::Line;
use crate::errors::{self, Finding, Read};
use crate::vocabulary::Support;

/// One row: how a line with this name changes a `T`.
pub(crate) struct Sub<T: 'static> {
    /// The first word of the line.
    pub(crate) name: &'static str,
    once: bool,
    /// Whether what it becomes can be served.
    runs: bool,
    /// Whether it is not a word of Caddy's.
    is_ours: bool,
    kind: Kind<T>,
}

type Reader<T> = fn(Line<'_>, &mut T, &mut Diagnostics) -> Read<()>;

enum Kind<T> {
    Works(Reader<T>),
    /// Belongs into another block, which this text names.
    Misplaced(&'static str),
    /// Names modules that only plugins of Caddy have; reading it says so.
    Plugins(Reader<T>),
    /// Known to Caddy, and not supported yet.
    Later,
}

impl<T> Sub<T> {
    /// A line that may be repeated: it adds up, or the last one counts.
    pub(crate) const fn new(name: &'static str, read: Reader<T>) -> Self {
        Self {
            name,
            once: false,
            runs: true,
            is_ours: false,
            kind: Kind::Works(read),
        }
    }

    /// A line that may stand once.
    pub(crate) const fn once(name: &'static str, read: Reader<T>) -> Self {
        Self {
            name,
            once: true,
            runs: true,
            is_ours: false,
            kind: Kind::Works(read),
        }
    }

    /// A line that is only possible in another block.
    pub(crate) const fn only_in(name: &'static str, place: &'static str) -> Self {
        Self {
            name,
            once: false,
            runs: true,
            is_ours: false,
            kind: Kind::Misplaced(place),
        }
    }

    /// A line of Caddy's that is not supported yet.
    pub(crate) const fn later(name: &'static str) -> Self {
        Self {
            name,
            once: false,
            runs: true,
            is_ours: false,
            kind: Kind::Later,
        }
    }

    /// A line that names a module of a kind of which Caddy has none of its own.
    pub(crate) const fn plugins(name: &'static str, read: Reader<T>) -> Self {
        Self {
            name,
            once: false,
            runs: false,
            is_ours: false,
            kind: Kind::Plugins(read),
        }
    }

    /// The same, of which the plan cannot be served yet.
    pub(crate) const fn adapts_only(self) -> Self {
        Self {
            runs: false,
            ..self
        }
    }

    /// A line that only we know.
    pub(crate) const fn ours(self) -> Self {
        Self {
            is_ours: true,
            ..self
        }
    }

    /// How far it is supported where it stands; `None` if it belongs elsewhere.
    pub(crate) const fn support(&self) -> Option<Support> {
        match (&self.kind, self.runs) {
            (Kind::Works(_), true) if self.is_ours => Some(Support::Ours),
            (Kind::Works(_), true) => Some(Support::Works),
            (Kind::Works(_), false) => Some(Support::AdaptsOnly),
            (Kind::Later | Kind::Plugins(_), _) => Some(Support::NotYet),
            (Kind::Misplaced(_), _) => None,
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

/// The block of a directive that takes nothing else. Words in front of it do nothing, and then
/// nothing of the block is read: Caddy takes them and looks for a block behind the first of them.
pub(crate) fn read_block_alone<T: Default>(
    line: Line<'_>,
    table: &[Sub<T>],
    diagnostics: &mut Diagnostics,
) -> T {
    let mut target = T::default();
    if line.args.is_empty() {
        read_block(line.name, line.block, table, &mut target, diagnostics);
    } else {
        line.keep_only(0, diagnostics);
    }
    target
}

/// [`read_block`] for the lines that `table` knows; the others are what is left of the block.
pub(crate) fn read_own_lines<T>(
    block: Option<&Block>,
    table: &[Sub<T>],
    target: &mut T,
    diagnostics: &mut Diagnostics,
) -> Option<Block> {
    let mut own: Block = block?.clone();
    let mut rest = own.clone();
    let is_own = |name: &Word| table.iter().any(|row| row.name == name.text);
    own.lines.retain(|line| is_own(&line.name));
    rest.lines.retain(|line| !is_own(&line.name));
    let unknown = |word: &Word| errors::word_not_supported(word);
    read_lines(Some(&own), table, target, diagnostics, &unknown);
    Some(rest)
}

/// [`read_block`] with a finding of its own for an unknown name.
pub(crate) fn read_lines<T>(
    block: Option<&Block>,
    table: &[Sub<T>],
    target: &mut T,
    diagnostics: &mut Diagnostics,
    unknown: &dyn Fn(&Word) -> Finding,
) {
    read_each(block, table, target, diagnostics, (unknown, false));
}

/// [`read_lines`] of global options, which Caddy names in front of what is wrong with them.
pub(crate) fn read_options<T>(
    block: Option<&Block>,
    table: &[Sub<T>],
    target: &mut T,
    diagnostics: &mut Diagnostics,
    unknown: &dyn Fn(&Word) -> Finding,
) {
    read_each(block, table, target, diagnostics, (unknown, true));
}

/// `named`: Caddy's words begin with the name of the line.
fn read_each<T>(
    block: Option<&Block>,
    table: &[Sub<T>],
    target: &mut T,
    diagnostics: &mut Diagnostics,
    (unknown, named): (&dyn Fn(&Word) -> Finding, bool),
) {
    let mut seen: Vec<Option<Span>> = vec![None; table.len()];
    for line in block.into_iter().flat_map(|block| &block.lines) {
        if diagnostics.is_full() {
            break;
        }
        let known = diagnostics.len();
        let line = Line::from(line);
        let row = table.iter().position(|row| row.name == line.name.text);
        let read = match row {
            None => Err(unknown(line.name)),
            Some(row) => read_row(line, &table[row], &mut seen[row], target, diagnostics),
        };
        if let Err(found) = read {
            diagnostics.push(found.into());
        }
        if named && row.is_some() {
            let caddy = diagnostics.caddy_texts(known);
            caddy.for_each(|text| text.while_parsing(&line.name.text));
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
    let read = match row.kind {
        Kind::Works(read) | Kind::Plugins(read) => read,
        Kind::Misplaced(place) => return Err(errors::misplaced_subdirective(line.name, place)),
        Kind::Later => return Err(errors::word_not_supported(line.name)),
    };
    let first = seen.replace(line.name.span);
    if let (true, Some(first)) = (row.once, first) {
        return Err(errors::given_twice(line.name, first));
    }
    read(line, target, diagnostics)
}
