//! `admin :2019`: an admin API that the whole network reaches.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "admin-on-all-interfaces",
    severity: Severity::Security,
    why: "whoever reaches the admin API can read and replace the whole configuration",
    instead: "write `admin localhost:2019`, or a socket file: `admin unix//run/admin.sock`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    let Some(word) = subject.option("admin").and_then(|line| line.args.first()) else {
        return;
    };
    let address = word.text.strip_prefix("tcp/").unwrap_or(&word.text);
    let is_open = address.starts_with(':')
        || ["0.0.0.0:", "[::]:"]
            .iter()
            .any(|all| address.starts_with(all));
    if is_open {
        let message = "the admin API listens on all interfaces";
        report(RULE.at(word.span, message, "open to the network"));
    }
}
