//! The pieces that are still to be read: what imports bring comes before what stands behind them.

use super::piece::{Line, Piece, PieceKind};

/// Unread pieces. Imported ones are put in front of the others without moving these.
pub(super) struct Stream {
    frames: Vec<std::vec::IntoIter<Piece>>,
    /// The line of the last piece that was read.
    last: Option<Line>,
}

impl Stream {
    pub(super) fn new(pieces: Vec<Piece>) -> Self {
        let frames = vec![pieces.into_iter()];
        Self { frames, last: None }
    }

    /// Puts pieces in front of all others.
    pub(super) fn splice(&mut self, pieces: Vec<Piece>) {
        if !pieces.is_empty() {
            self.frames.push(pieces.into_iter());
        }
    }

    /// Compares the next piece with this line instead of the one of the last piece.
    pub(super) fn continue_from(&mut self, line: Line) {
        self.last = Some(line);
    }

    pub(super) fn peek(&mut self) -> Option<&Piece> {
        while self.frames.last().is_some_and(|frame| frame.len() == 0) {
            self.frames.pop();
        }
        self.frames.last()?.as_slice().first()
    }

    pub(super) fn next(&mut self) -> Option<Piece> {
        self.peek()?;
        let piece = self.frames.last_mut()?.next()?;
        self.last = Some(piece.end());
        Some(piece)
    }

    /// Whether the next piece stands on another line than the last one.
    pub(super) fn is_at_line_start(&mut self) -> bool {
        let Some(last) = self.last else { return true };
        self.peek().is_none_or(|next| !next.line.continues(last))
    }

    /// The next piece, if it is of this kind and on the same line.
    pub(super) fn next_on_line(&mut self, wanted: impl Fn(PieceKind) -> bool) -> Option<Piece> {
        if self.is_at_line_start() || !self.peek().is_some_and(|next| wanted(next.kind)) {
            return None;
        }
        self.next()
    }

    /// What stands between an opening brace that was read and its closing one, and whether there
    /// is a closing one.
    pub(super) fn block(&mut self) -> (Vec<Piece>, Option<Piece>) {
        let mut pieces = Vec::new();
        let mut depth = 0_usize;
        while let Some(piece) = self.next() {
            match piece.kind {
                PieceKind::Close if depth == 0 => return (pieces, Some(piece)),
                PieceKind::Close => depth -= 1,
                PieceKind::Open => depth += 1,
                PieceKind::Word(_) => {}
            }
            pieces.push(piece);
        }
        (pieces, None)
    }
}
