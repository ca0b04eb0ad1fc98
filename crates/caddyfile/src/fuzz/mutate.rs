//! Texts that are almost Caddyfiles: good ones with lines, blocks, words and marks of the language
//! taken from here and put there. The same seed gives the same texts.

/// Marks and words that mean something to the language.
const PIECES: [&str; 46] = [
    "{",
    "}",
    "\n",
    " ",
    "\"",
    "`",
    "\\",
    "<<",
    "EOF",
    "<<EOF\n",
    "#",
    ",",
    "a",
    "{$A}",
    "{$B}",
    "{$C}",
    "{$C:d}",
    "{$V}",
    "{$",
    "\r",
    "\t",
    "\u{feff}",
    "ä",
    "日",
    "@m",
    "(s)",
    "&(r)",
    "import",
    "a {\n",
    "}\n",
    " {\n",
    "\u{1b}[0m",
    "{}",
    "\u{a0}",
    "\\<",
    "\nimport s ",
    "\nimport f ",
    "\nimport d/* b {\n",
    "\n(s) {\n",
    "\n(t) {\nimport s {args[0]} {\n{block}\n}\n}\n",
    "\nimport t x {\n",
    " {args[0]} ",
    "{args[:]}",
    " {block} ",
    " {blocks.a} ",
    "*",
];

/// Makes texts out of texts.
#[derive(Debug)]
pub struct Mutator<'a> {
    texts: &'a [String],
    random: Random,
}

impl<'a> Mutator<'a> {
    /// Starts from `texts`, of which there must be one at least.
    pub fn new(seed: u64, texts: &'a [String]) -> Self {
        assert!(!texts.is_empty(), "nothing to start from");
        Self {
            texts,
            random: Random(seed),
        }
    }

    /// Nothing but marks of the language, at random.
    pub fn noise(&mut self) -> String {
        let length = self.random.below(40);
        (0..length).map(|_| self.piece()).collect()
    }

    /// A text with one to four changes.
    pub fn text(&mut self) -> String {
        let mut text = self.any_text().to_owned();
        for _ in 0..=self.random.below(4) {
            text = match self.random.below(6) {
                0 => self.without_lines(&text),
                1 => self.with_lines(&text),
                2 | 3 => self.with_a_word(&text),
                4 => self.with_a_piece(&text),
                _ => self.with_a_cut(&text),
            };
        }
        text
    }

    /// The bytes of a text, one of them changed: often no longer UTF-8.
    pub fn broken(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        let at = self.random.below(bytes.len().max(1));
        if let Some(byte) = bytes.get_mut(at) {
            *byte = self.random.byte();
        }
        bytes
    }

    fn piece(&mut self) -> &'static str {
        PIECES[self.random.below(PIECES.len())]
    }

    fn any_text(&mut self) -> &'a str {
        &self.texts[self.random.below(self.texts.len())]
    }

    /// One to four lines of a text that follow each other.
    fn some_lines<'t>(&mut self, text: &'t str) -> (usize, Vec<&'t str>) {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let start = self.random.below(lines.len().max(1));
        let length = 1 + self.random.below(4);
        (start, lines.into_iter().skip(start).take(length).collect())
    }

    fn without_lines(&mut self, text: &str) -> String {
        let (start, cut) = self.some_lines(text);
        let end = start + cut.len();
        let kept = text.split_inclusive('\n').enumerate();
        kept.filter(|(at, _)| *at < start || *at >= end)
            .map(|(_, line)| line)
            .collect()
    }

    fn with_lines(&mut self, text: &str) -> String {
        let donor = self.any_text();
        let (_, new) = self.some_lines(donor);
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        let at = self.random.below(lines.len() + 1);
        lines.splice(at..at, new);
        lines.concat()
    }

    /// A word of any text in the place of one.
    fn with_a_word(&mut self, text: &str) -> String {
        let donor = self.any_text();
        let new = self.word(donor).map_or("", |at| &donor[at]);
        let Some(old) = self.word(text) else {
            return new.to_owned();
        };
        format!("{}{new}{}", &text[..old.start], &text[old.end..])
    }

    fn word(&mut self, text: &str) -> Option<std::ops::Range<usize>> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let word = words.get(self.random.below(words.len().max(1)))?;
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        Some(start..start + word.len())
    }

    fn with_a_piece(&mut self, text: &str) -> String {
        let at = self.place(text);
        format!("{}{}{}", &text[..at], self.piece(), &text[at..])
    }

    fn with_a_cut(&mut self, text: &str) -> String {
        let (one, other) = (self.place(text), self.place(text));
        let (start, end) = (one.min(other), one.max(other));
        if end - start > 80 {
            return text[..end].to_owned();
        }
        format!("{}{}", &text[..start], &text[end..])
    }

    fn place(&mut self, text: &str) -> usize {
        text.floor_char_boundary(self.random.below(text.len() + 1))
    }
}

/// A linear congruential generator: the same numbers in every run.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn byte(&mut self) -> u8 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0.to_be_bytes()[0]
    }

    fn below(&mut self, bound: usize) -> usize {
        let number = [self.byte(), self.byte(), self.byte()];
        number
            .iter()
            .fold(0, |sum, &byte| sum << 8 | usize::from(byte))
            % bound
    }
}
