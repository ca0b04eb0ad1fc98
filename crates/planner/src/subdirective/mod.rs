//! Tables of the lines a block may hold. Unknown names, repetitions and suggestions come from
//! the table; a row only reads its own line.

mod read;

use evenkeel_diagnostics::Diagnostics;

use crate::args::Line;
use crate::errors::{Read, Wording};
use crate::vocabulary::Support;

pub(crate) use read::{read_block, read_block_alone, read_lines, read_options, read_own_lines};

/// One row: how a line with this name changes a `T`.
pub(crate) struct Sub<T: 'static> {
    /// The first word of the line.
    pub(crate) name: &'static str,
    once: bool,
    /// Whether what it becomes can be served.
    runs: bool,
    /// Whether it is not a word of Caddy's.
    is_ours: bool,
    /// Whether Caddy takes what follows the words of the line for another line; in the row for all
    /// other names, whether it does so in the block unless a row says how it counts.
    reads_on: bool,
    kind: Kind<T>,
    wording: Wording,
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
    /// Stands for all names that no other row has.
    Others,
}

impl<T> Sub<T> {
    /// A line that may be repeated: it adds up, or the last one counts.
    pub(crate) const fn new(name: &'static str, read: Reader<T>) -> Self {
        Self {
            name,
            once: false,
            runs: true,
            is_ours: false,
            reads_on: false,
            kind: Kind::Works(read),
            wording: Wording::USUAL,
        }
    }

    /// A line that may stand once.
    pub(crate) const fn once(name: &'static str, read: Reader<T>) -> Self {
        Self {
            name,
            once: true,
            runs: true,
            is_ours: false,
            reads_on: false,
            kind: Kind::Works(read),
            wording: Wording::USUAL,
        }
    }

    /// A line that is only possible in another block.
    pub(crate) const fn only_in(name: &'static str, place: &'static str) -> Self {
        Self {
            name,
            once: false,
            runs: true,
            is_ours: false,
            reads_on: false,
            kind: Kind::Misplaced(place),
            wording: Wording::USUAL,
        }
    }

    /// A line of Caddy's that is not supported yet.
    pub(crate) const fn later(name: &'static str) -> Self {
        Self {
            name,
            once: false,
            runs: true,
            is_ours: false,
            reads_on: false,
            kind: Kind::Later,
            wording: Wording::USUAL,
        }
    }

    /// A line that names a module of a kind of which Caddy has none of its own.
    pub(crate) const fn plugins(name: &'static str, read: Reader<T>) -> Self {
        Self {
            name,
            once: false,
            runs: false,
            is_ours: false,
            reads_on: false,
            kind: Kind::Plugins(read),
            wording: Wording::USUAL,
        }
    }

    /// What Caddy says of all other names, with `$value` for the name. Without such a row it is
    /// "unrecognized subdirective $value".
    pub(crate) const fn others(says: &'static str) -> Self {
        Self {
            name: "",
            once: false,
            runs: true,
            is_ours: false,
            reads_on: false,
            kind: Kind::Others,
            wording: Wording::USUAL.value(says),
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

    /// What Caddy says of a value that is none: see [`Wording::value`].
    pub(crate) const fn on_value(self, says: &'static str) -> Self {
        let wording = self.wording.value(says);
        Self { wording, ..self }
    }

    /// The same, without a place.
    pub(crate) const fn on_value_anywhere(self, says: &'static str) -> Self {
        let wording = self.wording.value(says).placeless();
        Self { wording, ..self }
    }

    /// What Caddy says of missing words.
    pub(crate) const fn on_few(self, says: &'static str) -> Self {
        let wording = self.wording.few(says);
        Self { wording, ..self }
    }

    /// What Caddy says of words too many.
    pub(crate) const fn on_many(self, says: &'static str) -> Self {
        let wording = self.wording.many(says);
        Self { wording, ..self }
    }

    /// What Caddy says of a second line.
    pub(crate) const fn on_twice(self, says: &'static str) -> Self {
        let wording = self.wording.twice(says);
        Self { wording, ..self }
    }

    /// Caddy takes what follows the words of the line for another line. For [`others`](Self::others)
    /// it is so in the whole block, unless a row says how it counts.
    pub(crate) const fn reads_on(self) -> Self {
        Self {
            reads_on: true,
            ..self
        }
    }

    /// Caddy looks whether a word is left: see [`Wording::counts`].
    pub(crate) const fn counts(self) -> Self {
        let wording = self.wording.counts();
        Self { wording, ..self }
    }

    /// Caddy takes as many words as there may be, and then counts: see [`Wording::counts_taken`].
    pub(crate) const fn counts_taken(self) -> Self {
        let wording = self.wording.counts_taken();
        Self { wording, ..self }
    }

    /// Caddy takes the whole line, and then counts: see [`Wording::counts_all`].
    pub(crate) const fn counts_all(self) -> Self {
        let wording = self.wording.counts_all();
        Self { wording, ..self }
    }

    /// How far it is supported where it stands; `None` if it belongs elsewhere.
    pub(crate) const fn support(&self) -> Option<Support> {
        match (&self.kind, self.runs) {
            (Kind::Works(_), true) if self.is_ours => Some(Support::Ours),
            (Kind::Works(_), true) => Some(Support::Works),
            (Kind::Works(_), false) => Some(Support::AdaptsOnly),
            (Kind::Later | Kind::Plugins(_), _) => Some(Support::NotYet),
            (Kind::Misplaced(_) | Kind::Others, _) => None,
        }
    }
}
