//! The syntax tree of a Caddyfile. It knows words, lines and blocks, and nothing of what a
//! directive means.

use evenkeel_diagnostics::Span;

/// How a word was written. Only an unquoted `{` or `}` is structure, and several values (scalars,
/// matchers, CEL expressions) read differently when quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quote {
    /// As it stands.
    Bare,
    /// `"…"`; the only escape is `\"`.
    Double,
    /// `` `…` ``; no escapes.
    Backtick,
    /// `<<MARKER … MARKER`.
    Heredoc,
}

/// One word after environment substitution and unquoting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The text a directive reads.
    pub text: String,
    /// How it was written.
    pub quote: Quote,
    /// Where it stands in the original text, quotes included.
    pub span: Span,
}

/// A whole file with all that it imports; neither imports nor snippets are left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// The names of the files it was read from.
    pub names: Vec<String>,
    /// The global options block, if the file opens with one.
    pub options: Option<Block>,
    /// `&(name) { … }`, in source order.
    pub named_routes: Vec<NamedRoute>,
    /// Site blocks, in source order.
    pub sites: Vec<SiteBlock>,
}

/// `&(name) { … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRoute {
    /// The name without `&()`, its span with them.
    pub name: Word,
    /// The body.
    pub block: Block,
}

/// `address, address { … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteBlock {
    /// The addresses without their commas; never empty.
    pub keys: Vec<Word>,
    /// The directives. A file with one site may leave its braces out.
    pub block: Block,
}

/// The lines between braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// One entry per line: directives, subdirectives, matcher definitions (`@name …`).
    pub lines: Vec<Directive>,
    /// From `{` to `}`; for a site without braces, the span of its lines.
    pub span: Span,
}

impl Block {
    /// Its last character: the brace that closes it.
    pub fn close(&self) -> Span {
        Span {
            start: self.span.end.saturating_sub(1),
            ..self.span
        }
    }
}

/// One line: a name, its arguments, and an optional block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The first word of the line.
    pub name: Word,
    /// The rest of the line.
    pub args: Vec<Word>,
    /// `{ … }` opened at the end of the line.
    pub block: Option<Block>,
}

impl Directive {
    /// Name and arguments, without the block.
    pub fn line_span(&self) -> Span {
        self.args
            .last()
            .map_or(self.name.span, |last| self.name.span.to(last.span))
    }

    /// Name, arguments and block.
    pub fn span(&self) -> Span {
        self.block
            .as_ref()
            .map_or(self.line_span(), |block| self.name.span.to(block.span))
    }
}
