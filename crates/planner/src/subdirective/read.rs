//! Reading the lines of a block by its table, line by line, so that one bad line hides no other.

use evenkeel_caddyfile::ast::{Block, Word};
use evenkeel_diagnostics::{Diagnostics, Span};

use super::{Kind, Sub};
use crate::args::Line;
use crate::errors::{self, Finding, Read, Wording};

/// Reads all lines of a block into `target`.
pub(crate) fn read_block<T>(
    owner: &Word,
    block: Option<&Block>,
    table: &[Sub<T>],
    target: &mut T,
    diagnostics: &mut Diagnostics,
) {
    let unknown = |word: &Word| errors::unknown_subdirective(owner, word, names(table));
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
    let is_own = |name: &Word| row_named(table, &name.text).is_some();
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
    let mut reading = Reading {
        table,
        seen: vec![None; table.len()],
        target,
        unknown,
    };
    for line in block.into_iter().flat_map(|block| &block.lines) {
        if diagnostics.is_full() {
            break;
        }
        let known = diagnostics.len();
        let mut next = Some(Line::from(line));
        while let Some(line) = next.take() {
            match reading.line(line, diagnostics) {
                Ok(rest) => next = rest,
                Err(found) => diagnostics.push(found.into()),
            }
        }
        if named && row_named(table, &line.name.text).is_some() {
            let caddy = diagnostics.caddy_texts(known);
            caddy.for_each(|text| text.while_parsing(&line.name.text));
        }
    }
}

/// A block while its lines are read.
struct Reading<'r, T: 'static> {
    table: &'r [Sub<T>],
    /// Where each row was met first.
    seen: Vec<Option<Span>>,
    target: &'r mut T,
    unknown: &'r dyn Fn(&Word) -> Finding,
}

impl<T> Reading<'_, T> {
    /// Reads a line, and gives what Caddy takes for a line behind it.
    fn line<'l>(
        &mut self,
        line: Line<'l>,
        diagnostics: &mut Diagnostics,
    ) -> Read<Option<Line<'l>>> {
        let Some(at) = row_named(self.table, &line.name.text) else {
            return Err((self.unknown)(line.name).worded(&self.of_others()).sealed());
        };
        let row = &self.table[at];
        let first = self.seen[at].replace(line.name.span);
        if let (true, Some(first)) = (row.once, first) {
            let found = errors::given_twice(line.name, first);
            return Err(found.worded(&row.wording).sealed());
        }
        let Err(found) = read_row(line, row, self.target, diagnostics) else {
            return Ok(None);
        };
        let reads_on = row.reads_on || self.reads_on() && row.wording.may_read_on();
        let Some((cut, rest)) = found.cut(line, reads_on) else {
            return Err(found.worded(&row.wording).sealed());
        };
        // Caddy reads what it takes before it looks at the rest.
        let mut of_cut = Diagnostics::new();
        read_row(cut, row, self.target, &mut of_cut)
            .map_err(|found| found.worded(&row.wording).sealed())?;
        let Some(rest) = rest.filter(|rest| row_named(self.table, &rest.name.text).is_some())
        else {
            return Err(found.worded_as_name(&self.of_others()).sealed());
        };
        let warning = errors::two_in_one_line(line.name, cut.args.len(), rest.name);
        diagnostics.append(of_cut);
        diagnostics.push(warning.into());
        Ok(Some(rest))
    }

    /// What Caddy says of names that the table does not have.
    fn of_others(&self) -> Wording {
        self.others().map_or(Wording::USUAL, |row| row.wording)
    }

    fn reads_on(&self) -> bool {
        self.others().is_some_and(|row| row.reads_on)
    }

    fn others(&self) -> Option<&Sub<T>> {
        let others = |row: &&Sub<T>| matches!(row.kind, Kind::Others);
        self.table.iter().find(others)
    }
}

fn names<T>(table: &[Sub<T>]) -> impl Iterator<Item = &'static str> + Clone {
    let names = table.iter().map(|row| row.name);
    names.filter(|name| !name.is_empty())
}

fn row_named<T>(table: &[Sub<T>], name: &str) -> Option<usize> {
    let named = |row: &Sub<T>| row.name == name && !matches!(row.kind, Kind::Others);
    table.iter().position(named)
}

fn read_row<T>(
    line: Line<'_>,
    row: &Sub<T>,
    target: &mut T,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    match row.kind {
        // Of a word it does not have, Caddy says nothing else.
        Kind::Works(read) if row.is_ours => {
            read(line, target, diagnostics).map_err(Finding::unknown_to_caddy)
        }
        Kind::Works(read) | Kind::Plugins(read) => read(line, target, diagnostics),
        Kind::Misplaced(place) => Err(errors::misplaced_subdirective(line.name, place)),
        Kind::Later | Kind::Others => Err(errors::word_not_supported(line.name)),
    }
}
