//! Every span of a tree lies within a text, and within what is around it.

use evenkeel_diagnostics::{SourceMap, Span};

use crate::ast::{Block, Directive, File};

/// Panics if a span lies where it cannot. `import`: the texts may import something, so that what
/// is in a block need not be written in it.
pub(super) fn check(file: &File, sources: &SourceMap, import: bool) {
    let texts = Texts { sources, import };
    for site in &file.sites {
        assert!(!site.keys.is_empty());
        site.keys.iter().for_each(|key| texts.fits(key.span));
        texts.check_block(&site.block, None);
    }
    let routes = file.named_routes.iter().map(|route| &route.block);
    for block in routes.chain(&file.options) {
        texts.check_block(block, None);
    }
}

struct Texts<'a> {
    sources: &'a SourceMap,
    import: bool,
}

impl Texts<'_> {
    fn check_block(&self, block: &Block, outer: Option<Span>) {
        self.inside(block.span, outer);
        for line in &block.lines {
            self.check_line(line, block.span);
        }
    }

    fn check_line(&self, line: &Directive, outer: Span) {
        self.inside(line.span(), Some(outer));
        for arg in &line.args {
            self.inside(arg.span, Some(line.line_span()));
        }
        if let Some(block) = &line.block {
            self.check_block(block, Some(line.span()));
        }
    }

    fn inside(&self, span: Span, outer: Option<Span>) {
        self.fits(span);
        let Some(outer) = outer else { return };
        assert!(
            self.import || (outer.start <= span.start && span.end <= outer.end),
            "{span:?} in {outer:?}"
        );
    }

    fn fits(&self, span: Span) {
        let text = self.sources.text(span.source);
        assert!(
            text.get(span.start as usize..span.end as usize).is_some(),
            "{span:?} in {text:?}"
        );
    }
}
