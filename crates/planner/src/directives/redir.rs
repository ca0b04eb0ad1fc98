//! `redir [matcher] TARGET [CODE]`: sends the client elsewhere. The code is a number, a placeholder,
//! `temporary`, `permanent`, or `html` for a page that does it. Caddy: `parseRedir`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::StaticResponse;
use evenkeel_plan::value::Status;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::Action;

/// Sends the client elsewhere.
///
/// ```caddyfile
/// redir [MATCHER] TARGET [STATUS|temporary|permanent|html]
/// ```
///
/// The status is 302 if none is given.
pub(super) const REDIR: Directive = Directive::handlers("redir", lower);

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let target = &line.first("a target")?.text;
    let mut response = StaticResponse::default();
    let (field, value) = match line.args.get(1) {
        Some(word) if word.text == "html" => {
            response.body = page(target);
            response.status_code = Some(Status::Code(200));
            ("Content-Type", "text/html; charset=utf-8")
        }
        code => {
            response.status_code = Some(code.map_or(Ok(Status::Code(302)), status)?);
            ("Location", target.as_str())
        }
    };
    line.keep_only(2, lowering.diagnostics);
    let field = (field.to_owned(), vec![value.to_owned()]);
    response.headers = std::iter::once(field).collect();
    Ok(vec![Action::leaf(Handler::StaticResponse(response))])
}

fn status(word: &Word) -> Read<Status> {
    match word.text.as_str() {
        "temporary" | "" => Ok(Status::Code(302)),
        "permanent" => Ok(Status::Code(301)),
        text if text.starts_with('{') => Ok(Status::from_text(text)),
        text => {
            let caddy = match text.parse::<i64>() {
                Ok(code @ (300..=399 | 401)) => return Ok(Status::Code(code)),
                Ok(_) => format!("Redir code not in the 3xx range or 401: '{text}'"),
                Err(_) => format!("Not a supported redir code type or not valid integer: '{text}'"),
            };
            let message = format!("`{text}` is not a code for a redirection");
            let why = "a number from 300 to 399, `temporary`, `permanent` or `html` is expected";
            Err(errors::bad_value(word, message, why).caddy(caddy))
        }
    }
}

/// The page is Caddy's to the byte, because it is part of the plan.
fn page(target: &str) -> String {
    let target = escape(target);
    format!(
        "<!DOCTYPE html>\n<html>\n\t<head>\n\t\t<title>Redirecting...</title>\n\
         \t\t<script>window.location.replace(\"{target}\");</script>\n\
         \t\t<meta http-equiv=\"refresh\" content=\"0; URL='{target}'\">\n\
         \t</head>\n\
         \t<body>Redirecting to <a href=\"{target}\">{target}</a>...</body>\n</html>\n"
    )
}

/// Go: `html.EscapeString`.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&#34;"),
            other => out.push(other),
        }
    }
    out
}
