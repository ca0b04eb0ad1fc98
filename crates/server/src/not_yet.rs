//! Refuses what a plan may ask of its apps and nothing does yet. The graph refuses what is within a
//! server.

use evenkeel_plan::Plan;
use evenkeel_plan::pki::Authority;
use evenkeel_plan::value::Ratio;
use evenkeel_proxy::{BuildError, BuildErrors};

use crate::unsupported;

/// The authority that the internal issuer uses.
const LOCAL: &str = "local";

/// Refuses every setting of an authority, and all about TLS, that is not honoured.
pub(crate) fn refuse(plan: &Plan) -> Result<(), BuildErrors> {
    let authorities = plan.apps.pki.iter();
    let authorities = authorities.flat_map(|app| &app.certificate_authorities);
    let mut refused: Vec<BuildError> = authorities
        .flat_map(|(id, authority)| authority_settings(id, authority))
        .collect();
    refused.extend(unsupported::find(plan));
    if refused.is_empty() {
        return Ok(());
    }
    Err(BuildErrors(refused))
}

fn authority_settings(id: &str, authority: &Authority) -> Vec<BuildError> {
    let path = format!("apps.pki.certificate_authorities.{id}");
    if id != LOCAL {
        let message = "an authority besides `local` is not supported yet".to_owned();
        return vec![BuildError { path, message }];
    }
    let Authority {
        name,
        root_common_name,
        intermediate_common_name,
        intermediate_lifetime,
        maintenance_interval,
        renewal_window_ratio,
        // The root is never installed; `docs/differences.md` says so.
        install_trust: _,
        root,
        intermediate,
        storage,
    } = authority;
    let settings = [
        ("name", !name.is_empty()),
        ("root_common_name", !root_common_name.is_empty()),
        (
            "intermediate_common_name",
            !intermediate_common_name.is_empty(),
        ),
        ("intermediate_lifetime", !intermediate_lifetime.is_zero()),
        ("maintenance_interval", !maintenance_interval.is_zero()),
        (
            "renewal_window_ratio",
            *renewal_window_ratio != Ratio::default(),
        ),
        ("root", root.is_some()),
        ("intermediate", intermediate.is_some()),
        ("storage", storage.is_some()),
    ];
    let set = settings.into_iter().filter(|(_, is_set)| *is_set);
    set.map(|(name, _)| BuildError {
        path: format!("{path}.{name}"),
        message: format!("`{name}` is not supported yet"),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use evenkeel_plan::pki::App;

    use super::*;

    fn refused(id: &str, authority: Authority) -> Vec<String> {
        let mut plan = Plan::default();
        let authorities = [(id.to_owned(), authority)].into();
        plan.apps.pki = Some(App {
            certificate_authorities: authorities,
        });
        let errors = refuse(&plan).err().map(|errors| errors.0);
        let errors = errors.into_iter().flatten();
        errors.map(|error| error.to_string()).collect()
    }

    #[test]
    fn settings_of_an_authority_are_refused_by_name_and_place() {
        let authority = Authority {
            name: "x".into(),
            renewal_window_ratio: Ratio(0.5),
            ..Authority::default()
        };
        let path = "apps.pki.certificate_authorities.local";
        let expected = [
            format!("{path}.name: `name` is not supported yet"),
            format!("{path}.renewal_window_ratio: `renewal_window_ratio` is not supported yet"),
        ];
        assert_eq!(refused("local", authority), expected);
        assert_eq!(refused("other", Authority::default()).len(), 1);
    }

    #[test]
    fn not_to_install_the_root_is_what_is_done_anyway() {
        let authority = Authority {
            install_trust: Some(false),
            ..Authority::default()
        };
        assert!(refused("local", authority).is_empty());
    }
}
