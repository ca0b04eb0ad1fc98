//! `basic_auth [matcher] [HASH [REALM]] { NAME PASSWORD-HASH }`: asks for a name and a password. The
//! older name is `basicauth`. Caddy: `modules/caddyhttp/caddyauth/caddyfile.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::{
    Account, Authentication, HashAlgorithm, HashCache, HttpBasic, Providers,
};

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, Says as _, Wording};
use crate::matchers::Scope;
use crate::routes::Action;

/// Asks for a name and a password before anything behind it answers (RFC 7617).
///
/// ```caddyfile
/// basic_auth [MATCHER] [bcrypt|argon2id [REALM]] {
///     NAME HASH
/// }
/// ```
///
/// `evenkeel hash-password` and `caddy hash-password` print hashes. A matcher `/` guards that one
/// path only: leave the matcher out to guard a site.
pub(super) const BASIC_AUTH: Directive = Directive::handlers("basic_auth", lower)
    .says(Wording::USUAL.counts_all())
    .adapts_only();
/// The former name of `basic_auth`, with a warning.
///
/// ```caddyfile
/// basicauth [MATCHER] [bcrypt|argon2id [REALM]] {
///     NAME HASH
/// }
/// ```
pub(super) const BASICAUTH: Directive = Directive::handlers("basicauth", lower)
    .says(Wording::USUAL.counts_all())
    .adapts_only();

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    if line.name.text == "basicauth" {
        let rule = ("deprecated-basicauth", "basic_auth");
        let found = errors::deprecated_by_rule(line.name, "directive", rule);
        lowering.diagnostics.push(found.into());
    }
    line.at_most(2)?;
    let mut accounts = Vec::new();
    for user in line.block.into_iter().flat_map(|block| &block.lines) {
        accounts.extend(lowering.keep(account(Line::from(user))));
    }
    let basic = HttpBasic {
        hash: Some(algorithm(line.args.first())?),
        accounts,
        realm: line
            .args
            .get(1)
            .map(|word| word.text.clone())
            .unwrap_or_default(),
        hash_cache: Some(HashCache {}),
    };
    Ok(vec![Action::leaf(Handler::Authentication(Box::new(
        Authentication {
            providers: Providers {
                http_basic: Some(basic),
            },
        },
    )))])
}

fn algorithm(word: Option<&Word>) -> Read<HashAlgorithm> {
    match word.map(|word| (word, word.text.as_str())) {
        None | Some((_, "bcrypt")) => Ok(HashAlgorithm::Bcrypt {}),
        Some((_, "argon2id")) => Ok(HashAlgorithm::Argon2id {}),
        Some((word, _)) => {
            let names = ["bcrypt", "argon2id"].into_iter();
            let caddy = format!("unrecognized hash algorithm: {}", word.text);
            Err(errors::unknown_value("unknown-hash", "hash", word, names).caddy(caddy))
        }
    }
}

const NO_PASSWORD: &str = "username and password cannot be empty or missing";

fn account(line: Line<'_>) -> Read<Account> {
    let password = line.first("the hash of a password").says(NO_PASSWORD)?;
    line.at_most(1)?;
    // Caddy takes the brace for the name of another user.
    line.no_block().says(NO_PASSWORD)?;
    let password = password.text.clone();
    if line.name.text.is_empty() || password.is_empty() {
        let message = "a user needs a name and the hash of a password";
        return Err(
            errors::bad_value(line.name, message, "one of the two is empty").caddy(NO_PASSWORD),
        );
    }
    Ok(Account {
        username: line.name.text.clone(),
        password,
    })
}
