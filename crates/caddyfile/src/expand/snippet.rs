//! What an import makes of the pieces it brings: arguments and blocks put in place (Caddy: the
//! loop at the end of `doImport`).

use std::collections::HashMap;

use evenkeel_diagnostics::Span;

use super::args::{ArgumentFault, range, replace};
use super::piece::{Piece, PieceKind};

/// What stands behind the name on an import line.
#[derive(Default)]
pub(super) struct Given {
    pub(super) args: Vec<String>,
    /// The lines of its block, for `{block}`.
    pub(super) block: Vec<Piece>,
    /// The same by their first words, for `{blocks.KEY}`; without those words.
    pub(super) blocks: HashMap<String, Vec<Piece>>,
}

/// A block entry that starts with a brace.
pub(super) struct Nameless {
    /// The brace.
    pub(super) brace: Span,
    /// The brace that closes it.
    pub(super) behind: Span,
}

impl Given {
    pub(super) fn new(args: Vec<String>, block: Vec<Piece>) -> Result<Self, Nameless> {
        let mut blocks = HashMap::new();
        let mut rest = block.iter().peekable();
        while let Some(key) = rest.next() {
            if key.value() == "{" {
                let behind = close_of(rest).map_or(key.span, |close| close.span);
                return Err(Nameless {
                    brace: key.span,
                    behind,
                });
            }
            let mut entry = Vec::new();
            let mut last = key;
            while let Some(arg) =
                rest.next_if(|next| next.kind != PieceKind::Open && next.line.continues(last.end()))
            {
                entry.push(arg.clone());
                last = arg;
            }
            let opens =
                |next: &&Piece| next.kind == PieceKind::Open && next.line.continues(last.end());
            if rest.next_if(opens).is_some() {
                take_block(&mut rest, &mut entry);
            }
            blocks.insert(key.value().to_owned(), entry);
        }
        Ok(Self {
            args,
            block,
            blocks,
        })
    }
}

/// The brace that closes an open one.
fn close_of<'a>(rest: impl Iterator<Item = &'a Piece>) -> Option<&'a Piece> {
    let mut depth = 0_usize;
    for piece in rest {
        match piece.kind {
            PieceKind::Close if depth == 0 => return Some(piece),
            PieceKind::Close => depth -= 1,
            PieceKind::Open => depth += 1,
            PieceKind::Word(_) => {}
        }
    }
    None
}

/// What stands before the brace that closes an open one, which is passed over.
fn take_block<'a>(rest: &mut impl Iterator<Item = &'a Piece>, entry: &mut Vec<Piece>) {
    let mut depth = 0_usize;
    for piece in rest {
        match piece.kind {
            PieceKind::Close if depth == 0 => return,
            PieceKind::Close => depth -= 1,
            PieceKind::Open => depth += 1,
            PieceKind::Word(_) => {}
        }
        entry.push(piece.clone());
    }
}

/// Puts arguments and blocks into pieces that already have the spans and lines of this import.
/// `on_top`: the import stands outside of all blocks, so it may bring snippets.
pub(super) fn fill(
    pieces: Vec<Piece>,
    given: &Given,
    on_top: bool,
    room: &mut dyn FnMut(&Piece) -> bool,
    report: &mut dyn FnMut(&Piece, ArgumentFault, &str),
) -> Vec<Piece> {
    let mut definitions = Definitions::new(on_top);
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for mut piece in pieces {
        if !room(&piece) {
            return out;
        }
        let starts_line = out
            .last()
            .is_none_or(|last| !piece.line.continues(last.end()));
        let is_kept = definitions.next(piece.value(), starts_line);
        let add = match piece.value() {
            _ if is_kept => None,
            "{block}" => Some(given.block.as_slice()),
            value => block_key(value).map(|key| given.blocks.get(key).map_or(&[][..], |it| it)),
        };
        if let Some(add) = add {
            for piece in add {
                if !room(piece) {
                    return out;
                }
                out.push(piece.clone());
            }
            continue;
        }
        if is_kept || !matches!(piece.kind, PieceKind::Word(_)) {
            out.push(piece);
            continue;
        }
        for text in texts(&piece, &given.args, report) {
            piece.set_text(text);
            if !room(&piece) {
                return out;
            }
            out.push(piece.clone());
        }
    }
    out
}

/// What a word becomes: words for a range of arguments, otherwise one.
fn texts(
    piece: &Piece,
    args: &[String],
    report: &mut dyn FnMut(&Piece, ArgumentFault, &str),
) -> Vec<String> {
    match range(&piece.text, args.len()) {
        Some(Ok(range)) => return args[range].to_vec(),
        Some(Err(fault)) => {
            let inside = piece.text.trim_matches(['{', '}']);
            report(piece, fault, inside);
        }
        None => {
            let mut report = |fault, key: &str| report(piece, fault, key);
            if let Some(text) = replace(&piece.text, args, &mut report) {
                return vec![text];
            }
        }
    }
    vec![piece.text.clone()]
}

/// `{blocks.KEY}`.
fn block_key(word: &str) -> Option<&str> {
    word.strip_prefix("{blocks.")?.strip_suffix('}')
}

/// Finds snippet definitions among imported pieces: these get their arguments and blocks when
/// they are imported themselves. Looks at no more than Caddy does: a name, then a brace.
struct Definitions {
    depth: i64,
    /// How many pieces stand in front on the line, at depth 0.
    index: usize,
    named: bool,
    inside: bool,
}

impl Definitions {
    fn new(on_top: bool) -> Self {
        Self {
            depth: i64::from(!on_top),
            index: 0,
            named: false,
            inside: false,
        }
    }

    /// Whether the next piece belongs to a definition.
    fn next(&mut self, value: &str, starts_line: bool) -> bool {
        if !self.inside && self.depth == 0 {
            self.index = if starts_line { 0 } else { self.index + 1 };
            let is_name = value.len() >= 3 && value.starts_with('(') && value.ends_with(')');
            self.named |= self.index == 0 && is_name;
        }
        match value {
            "{" => {
                self.depth += 1;
                if self.index == 1 && self.named && self.depth == 1 {
                    self.inside = true;
                    self.named = false;
                }
            }
            "}" => {
                self.depth -= 1;
                self.inside &= self.depth != 0;
            }
            _ => {}
        }
        self.inside
    }
}
