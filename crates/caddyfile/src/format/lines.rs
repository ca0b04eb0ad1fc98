//! Which line the formatter is on, as far as a brace behind it wants to know.

/// Remembers whether the line before is an `import` at the top level: the block behind it is no
/// block of the import.
#[derive(Default)]
pub(super) struct ImportLines {
    /// The current word so far is this many bytes of `import`; `None` once it differs.
    word: Word,
    first_word: FirstWord,
    /// The line before is such an import.
    pub(super) previous: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Word {
    #[default]
    Empty,
    Import(usize),
    Other,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum FirstWord {
    #[default]
    None,
    Import,
    Other,
}

impl ImportLines {
    pub(super) fn push(&mut self, char: char) {
        let known = match self.word {
            Word::Empty => 0,
            Word::Import(known) => known,
            Word::Other => return,
        };
        self.word = if "import"[known..].starts_with(char) {
            Word::Import(known + 1)
        } else {
            Word::Other
        };
    }

    pub(super) fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if self.first_word == FirstWord::None {
            self.first_word = match word {
                Word::Empty => FirstWord::None,
                Word::Import(known) if known == "import".len() => FirstWord::Import,
                Word::Import(_) | Word::Other => FirstWord::Other,
            };
        }
    }

    /// `waits`: a brace on a line of its own has been read and not been written yet.
    pub(super) fn end_line(&mut self, nesting: usize, waits: bool) {
        self.end_word();
        match std::mem::take(&mut self.first_word) {
            FirstWord::None if waits => {}
            first => self.previous = nesting == 0 && first == FirstWord::Import,
        }
    }
}
