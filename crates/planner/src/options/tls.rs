//! Global options about certificates and connections. Caddy: `httpcaddyfile/options.go`.

use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::tls::{
    ChainPreference, DnsProvider, Ech, EchConfiguration, EchDnsPublisher, EchPublication,
    EchPublishers, ExternalAccount,
};
use evenkeel_plan::value::{Duration, Share};

use super::Options;
use crate::args::{self, Line, texts};
use crate::directives::tls::dns;
use crate::directives::tls::issuers::{self, TracedIssuer};
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};

/// What the options say about certificates and connections.
#[derive(Debug, Default)]
pub(crate) struct TlsOptions {
    /// Every ACME issuer uses the DNS challenge.
    pub(crate) acme_dns: Option<AcmeDns>,
    pub(crate) acme_eab: Option<ExternalAccount>,
    pub(crate) cert_issuers: Vec<TracedIssuer>,
    pub(crate) cert_lifetime: Duration,
    pub(crate) preferred_chains: Option<ChainPreference>,
    pub(crate) key_type: Option<String>,
    pub(crate) renewal_window_ratio: Option<Share>,
    pub(crate) disable_ocsp_stapling: bool,
    pub(crate) default_sni: String,
    pub(crate) fallback_sni: String,
    pub(crate) dns: Option<DnsProvider>,
    pub(crate) resolvers: Vec<String>,
    pub(crate) automate_names: Vec<String>,
    pub(crate) ech: Option<Ech>,
    pub(crate) on_demand: Option<evenkeel_plan::tls::OnDemand>,
    pub(crate) ocsp_interval: Duration,
    pub(crate) renew_interval: Duration,
    pub(crate) storage_clean_interval: Duration,
    pub(crate) disable_storage_check: bool,
    pub(crate) disable_storage_clean: bool,
    /// Where options stand that end up in policies, by the fields they become.
    pub(crate) fields: Vec<(&'static str, Span)>,
}

/// Who writes the records of DNS challenges.
#[derive(Clone, Debug)]
pub(crate) enum AcmeDns {
    /// The provider of the option `dns`.
    Shared,
    /// This one.
    Own(DnsProvider),
}

const EXTERNAL_ACCOUNT: &[Sub<ExternalAccount>] = &[
    Sub::new("key_id", key_id),
    Sub::new("mac_key", mac_key),
    Sub::others("unrecognized parameter '$value'").reads_on(),
];

const ECH: &[Sub<EchPublishers>] = &[
    Sub::new("dns", ech_dns),
    Sub::others("ech: unrecognized subdirective '$value'"),
];

/// `acme_dns [PROVIDER …]`.
pub(super) fn acme_dns(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    remember(line, options, "challenges.dns");
    // Whatever is wrong with the line, it names a provider for the `tls` directives.
    options.tls.acme_dns = Some(AcmeDns::Own(DnsProvider::default()));
    options.tls.acme_dns = Some(if line.args.is_empty() {
        line.no_block()?;
        AcmeDns::Shared
    } else {
        AcmeDns::Own(dns::provider(line)?)
    });
    Ok(())
}

/// `acme_eab { key_id ID, mac_key KEY }`.
pub(super) fn acme_eab(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(0)?;
    remember(line, options, "external_account");
    let account = options.tls.acme_eab.insert(ExternalAccount::default());
    read_block(
        line.name,
        line.block,
        EXTERNAL_ACCOUNT,
        account,
        diagnostics,
    );
    Ok(())
}

fn key_id(line: Line<'_>, account: &mut ExternalAccount, _: &mut Diagnostics) -> Read<()> {
    account.key_id = line.text("the id of an account")?;
    Ok(())
}

fn mac_key(line: Line<'_>, account: &mut ExternalAccount, _: &mut Diagnostics) -> Read<()> {
    account.mac_key = line.text("the key of an account")?;
    Ok(())
}

/// `cert_issuer NAME …`; several are tried in order.
pub(super) fn cert_issuer(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let issuer = issuers::read(line, diagnostics)?;
    options.tls.cert_issuers.push(issuer);
    Ok(())
}

/// `cert_lifetime DURATION`.
pub(super) fn cert_lifetime(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    remember(line, options, "certificate_lifetime");
    options.tls.cert_lifetime = line.keep_only(1, diagnostics).duration(diagnostics)?;
    Ok(())
}

/// `preferred_chains …`.
pub(super) fn preferred_chains(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    remember(line, options, "preferred_chains");
    options.tls.preferred_chains = Some(issuers::preferred_chains(line, diagnostics)?);
    Ok(())
}

/// `key_type TYPE`.
pub(super) fn key_type(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    remember(line, options, "key_type");
    options.tls.key_type = Some(line.text("a type of key")?);
    Ok(())
}

/// `renewal_window_ratio RATIO`.
pub(super) fn renewal_window_ratio(
    line: Line<'_>,
    options: &mut Options,
    _: &mut Diagnostics,
) -> Read<()> {
    remember(line, options, "renewal_window_ratio");
    options.tls.renewal_window_ratio = Some(args::ratio(line)?);
    Ok(())
}

/// `ocsp_stapling off`.
pub(super) fn ocsp_stapling(
    line: Line<'_>,
    options: &mut Options,
    _: &mut Diagnostics,
) -> Read<()> {
    off(line)?;
    options.tls.disable_ocsp_stapling = true;
    Ok(())
}

/// `default_sni NAME`.
pub(super) fn default_sni(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    remember(line, options, "default_sni");
    options.tls.default_sni = line.text("a name")?;
    Ok(())
}

/// `fallback_sni NAME`.
pub(super) fn fallback_sni(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    remember(line, options, "fallback_sni");
    options.tls.fallback_sni = line.text("a name")?;
    Ok(())
}

/// `dns PROVIDER …`.
pub(super) fn dns(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    options.tls.dns = Some(dns::provider(line)?);
    options.origins.insert("apps.tls.dns", line.span());
    Ok(())
}

/// `tls_resolvers SERVER…`.
pub(super) fn resolvers(line: Line<'_>, options: &mut Options, _: &mut Diagnostics) -> Read<()> {
    options.tls.resolvers = texts(line.some("a DNS server")?);
    options.origins.insert("apps.tls.resolvers", line.span());
    Ok(())
}

/// `tls_automate_names NAME…`.
pub(super) fn automate_names(
    line: Line<'_>,
    options: &mut Options,
    _: &mut Diagnostics,
) -> Read<()> {
    let names = texts(line.some("a name")?);
    options.tls.automate_names.extend(names);
    let path = "apps.tls.certificates.automate";
    options.origins.insert(path, line.span());
    Ok(())
}

/// `ech NAME… { dns PROVIDER … }`; the last line counts.
pub(super) fn ech(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.first("a public name")?;
    let configs = texts(line.args).into_iter();
    let configs = configs.map(|public_name| EchConfiguration { public_name });
    let mut publishers = EchPublishers::default();
    read_block(line.name, line.block, ECH, &mut publishers, diagnostics);
    let publication = publishers.dns.is_some().then(|| EchPublication {
        publishers,
        ..EchPublication::default()
    });
    options.tls.ech = Some(Ech {
        configs: configs.collect(),
        publication: publication.into_iter().collect(),
    });
    let path = "apps.tls.encrypted_client_hello";
    options.origins.insert(path, line.span());
    Ok(())
}

fn ech_dns(line: Line<'_>, publishers: &mut EchPublishers, _: &mut Diagnostics) -> Read<()> {
    publishers.dns = Some(EchDnsPublisher {
        provider: Some(dns::provider(line)?),
    });
    Ok(())
}

/// `ocsp_interval DURATION`.
pub(super) fn ocsp_interval(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    options.tls.ocsp_interval = interval(line.keep_only(1, diagnostics), options)?;
    Ok(())
}

/// `renew_interval DURATION`.
pub(super) fn renew_interval(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    options.tls.renew_interval = interval(line.keep_only(1, diagnostics), options)?;
    Ok(())
}

/// `storage_clean_interval DURATION|off`.
pub(super) fn storage_clean_interval(
    line: Line<'_>,
    options: &mut Options,
    _: &mut Diagnostics,
) -> Read<()> {
    let is_off = line.one("a duration, or `off`")?.text == "off";
    options.tls.disable_storage_clean = is_off;
    options.tls.storage_clean_interval = if is_off {
        Duration::ZERO
    } else {
        interval(line, options)?
    };
    Ok(())
}

/// `storage_check off`.
pub(super) fn storage_check(
    line: Line<'_>,
    options: &mut Options,
    _: &mut Diagnostics,
) -> Read<()> {
    off(line)?;
    options.tls.disable_storage_check = true;
    Ok(())
}

/// How often something of the TLS app happens that is called as the option is.
fn interval(line: Line<'_>, options: &mut Options) -> Read<Duration> {
    let path = format!("apps.tls.automation.{}", line.name.text);
    options.origins.insert(path, line.span());
    line.signed_duration()
}

fn off(line: Line<'_>) -> Read<()> {
    let word = line.one("`off`")?;
    if word.text == "off" {
        return Ok(());
    }
    let message = format!("`{}` cannot be `{}`", line.name.text, word.text);
    Err(errors::bad_value(word, message, "only `off` is possible"))
}

fn remember(line: Line<'_>, options: &mut Options, field: &'static str) {
    let fields = &mut options.tls.fields;
    fields.retain(|(known, _)| *known != field);
    fields.push((field, line.span()));
}
