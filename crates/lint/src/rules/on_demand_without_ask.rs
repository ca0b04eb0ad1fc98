//! `on_demand` certificates for whoever asks.

use evenkeel_diagnostics::Severity;

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "on-demand-without-ask",
    severity: Severity::Security,
    why: "anybody can point any name here and make this server ask for certificates until the authority refuses more",
    instead: "add the global option `on_demand_tls { ask http://localhost:9123/allowed }`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    let has_ask = subject
        .inside_option("on_demand_tls")
        .any(|line| ["ask", "permission"].contains(&line.name.text.as_str()));
    if has_ask {
        return;
    }
    for placed in subject.named(&["tls"]) {
        let lines = placed.line.block.iter().flat_map(|block| &block.lines);
        for line in lines.filter(|line| line.name.text == "on_demand") {
            let message = "certificates are obtained for every name that a client asks for";
            report(RULE.at(
                line.line_span(),
                message,
                "nothing says which names are allowed",
            ));
        }
    }
}
