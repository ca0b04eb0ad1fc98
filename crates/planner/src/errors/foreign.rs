//! Words of Caddy's plugins and of its older releases: no slips, so they are named for what they are.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostic, shorten};

use crate::plugins::{self, Gone, Kind, Plugin};

/// The finding about such a word; `None` if it is known to nobody.
pub(super) fn foreign(kind: Kind, word: &Word) -> Option<Diagnostic> {
    plugins::find(kind, &word.text)
        .map(|plugin| of_plugin(&plugin, word))
        .or_else(|| plugins::gone(kind, &word.text).map(|gone| of_old_release(&gone, word)))
}

fn of_plugin(plugin: &Plugin, word: &Word) -> Diagnostic {
    let message = format!(
        "`{}` comes with a plugin of Caddy, which is not built into Evenkeel",
        shorten(&word.text)
    );
    let found = Diagnostic::error("caddy-plugin", message).at(
        word.span,
        format!("the plugin github.com/{}", plugin.repository),
    );
    match plugin.instead {
        "" => {
            found.help("nothing in Evenkeel does the same: remove it, or keep Caddy for this site")
        }
        instead => found.help(instead),
    }
}

fn of_old_release(gone: &Gone, word: &Word) -> Diagnostic {
    let message = format!(
        "`{}` is a word of Caddy {} and not known any more",
        shorten(&word.text),
        gone.until
    );
    Diagnostic::error("old-form", message)
        .at(word.span, "gone")
        .help(gone.instead)
}
