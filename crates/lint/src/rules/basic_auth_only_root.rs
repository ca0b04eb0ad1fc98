//! `basic_auth /`: a password for one path.

use evenkeel_diagnostics::Severity;

use crate::proxy::matcher;
use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "basic-auth-only-root",
    severity: Severity::Security,
    why: "`/` is the path `/` and no other, so everything else is open",
    instead: "leave the matcher out, or write `basic_auth /*`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    for placed in subject.named(&["basic_auth", "basicauth"]) {
        let Some(word) = matcher(placed.line).filter(|word| word.text == "/") else {
            continue;
        };
        let name = &placed.line.name.text;
        let message = format!("`{name}` asks for a password only at the path `/`");
        let found = RULE.bare(word.span, message, "exactly this path");
        report(found.fix("write `*` for every path", word.span, "*"));
    }
}
