//! The comments of a text, for tools that put orders into them. The language ignores them.

use evenkeel_diagnostics::{Diagnostics, SourceId, Span};

use crate::env::Expanded;
use crate::lexer::lex;
use crate::token::TokenKind;

/// One comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to the end of the line.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// The comments of a text as it was written, in order. A `#` in a quote or a word opens none.
pub fn comments(text: &str, source: SourceId) -> Vec<Comment> {
    // What is wrong with the text is told by whoever parses it.
    let lexed = lex(&Expanded::verbatim(text), source, &mut Diagnostics::new());
    let tokens = lexed.tokens.into_iter();
    let comments = tokens.filter(|token| token.kind == TokenKind::Comment);
    let comment = |token: crate::token::Token| Comment {
        text: token.text,
        span: token.span,
    };
    comments.map(comment).collect()
}

#[cfg(test)]
mod tests {
    use evenkeel_diagnostics::SourceMap;

    use super::*;

    #[test]
    fn only_a_hash_between_words_opens_a_comment() {
        let text = "a#b \"# c\" # d\n# e\nf {$X} # g\n";
        let source = SourceMap::new().add("Caddyfile", text);
        let found: Vec<String> = comments(text, source).into_iter().map(|c| c.text).collect();
        assert_eq!(found, ["# d", "# e", "# g"]);
    }
}
