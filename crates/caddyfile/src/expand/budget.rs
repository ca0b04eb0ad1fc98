//! How much imports may bring: a few lines can stand for an exponential tree of them.

use super::piece::Piece;

/// Words and braces that are read from snippets and files and put in place, in all.
const MOST_PIECES: usize = 8_000_000;
/// Imports in all, and files among them that are empty.
const MOST_IMPORTS: usize = 500_000;
/// Bytes that imports bring, in all.
const MOST_BYTES: usize = 64 << 20;

/// What is left.
pub(super) struct Budget {
    pieces: usize,
    imports: usize,
    bytes: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self {
            pieces: MOST_PIECES,
            imports: MOST_IMPORTS,
            bytes: MOST_BYTES,
        }
    }

    #[cfg(test)]
    pub(super) fn of(pieces: usize, imports: usize, bytes: usize) -> Self {
        Self {
            pieces,
            imports,
            bytes,
        }
    }

    /// Takes the room of one piece; `false` if there is none left.
    pub(super) fn take(&mut self, piece: &Piece) -> bool {
        let bytes = piece.text.len();
        let fits = self.pieces > 0 && bytes <= self.bytes;
        if fits {
            self.pieces -= 1;
            self.bytes -= bytes;
        } else {
            self.pieces = 0;
        }
        fits
    }

    /// Takes the room of one import, or of a file that it reads.
    pub(super) fn take_import(&mut self, bytes: usize) -> bool {
        let fits = self.imports > 0 && bytes <= self.bytes && !self.is_spent();
        if fits {
            self.imports -= 1;
            self.bytes -= bytes;
        } else {
            self.pieces = 0;
        }
        fits
    }

    pub(super) fn is_spent(&self) -> bool {
        self.pieces == 0
    }
}
