//! `auto_https off|disable_redirects|disable_certs|ignore_loaded_certs …`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::AutomaticHttps;

use super::Options;
use crate::args::Line;
use crate::errors::{self, Read};

const VALUES: [&str; 4] = [
    "off",
    "disable_redirects",
    "disable_certs",
    "ignore_loaded_certs",
];

/// What automatic HTTPS leaves out, on all servers.
#[derive(Debug, Default)]
pub(crate) struct AutoHttps {
    /// Everything.
    pub(crate) off: bool,
    /// Certificates.
    pub(crate) disable_certificates: bool,
    disable_redirects: bool,
    ignore_loaded_certificates: bool,
}

impl AutoHttps {
    /// The field of a server; absent if nothing is left out.
    pub(crate) fn to_plan(&self) -> Option<AutomaticHttps> {
        let settings = AutomaticHttps {
            disable: self.off,
            disable_redirects: self.disable_redirects,
            disable_certificates: self.disable_certificates,
            ignore_loaded_certificates: self.ignore_loaded_certificates,
            ..AutomaticHttps::default()
        };
        (settings != AutomaticHttps::default()).then_some(settings)
    }
}

/// Reads the line.
pub(super) fn read(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    let words = line.some("a setting")?;
    options.auto_https = AutoHttps::default();
    for word in words {
        match word.text.as_str() {
            "off" => options.auto_https.off = true,
            "disable_redirects" => options.auto_https.disable_redirects = true,
            "disable_certs" => options.auto_https.disable_certificates = true,
            "ignore_loaded_certs" => options.auto_https.ignore_loaded_certificates = true,
            _ => {
                let (id, what) = ("unknown-auto-https", "`auto_https` setting");
                let found = errors::unknown_value(id, what, word, VALUES.into_iter());
                return Err(found.caddy(
                    "auto_https must be one of 'off', 'disable_redirects', 'disable_certs', or \
                     'ignore_loaded_certs'",
                ));
            }
        }
    }
    Ok(())
}
