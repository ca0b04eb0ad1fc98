//! DNS providers, each a plugin of its own, used for the DNS challenge.

/// Those whose plugins are developed in a repository of their own name.
const PROVIDERS: &[&str] = &[
    "acmedns",
    "acmeproxy",
    "alidns",
    "azure",
    "bluecat",
    "bunny",
    "civo",
    "cloudflare",
    "cloudns",
    "desec",
    "digitalocean",
    "directadmin",
    "dnsexit",
    "dnsimple",
    "dnsmadeeasy",
    "dnspod",
    "dode",
    "domainnameshop",
    "duckdns",
    "dynu",
    "dynv6",
    "easydns",
    "edgeone",
    "exoscale",
    "gandi",
    "gcore",
    "glesys",
    "godaddy",
    "googleclouddns",
    "he",
    "hetzner",
    "hexonet",
    "hosttech",
    "huaweicloud",
    "infomaniak",
    "inwx",
    "ionos",
    "leaseweb",
    "liara",
    "linode",
    "loopia",
    "luadns",
    "mailinabox",
    "metaname",
    "mijnhost",
    "mythicbeasts",
    "namecheap",
    "namedotcom",
    "namesilo",
    "nanelo",
    "neoserv",
    "netcup",
    "netlify",
    "nfsn",
    "njalla",
    "oraclecloud",
    "ovh",
    "porkbun",
    "powerdns",
    "regery",
    "rfc2136",
    "route53",
    "scaleway",
    "selectel",
    "simplydotcom",
    "spaceship",
    "tecnocratica",
    "tencentcloud",
    "thelittlehost",
    "transip",
    "unifi",
    "vercel",
    "vultr",
    "wedos",
    "westcn",
];

/// Those whose repositories have another name.
const OTHERS: &[(&str, &str)] = &[
    ("allinkl", "all-inkl"),
    ("google_domains", "google-domains"),
    ("lego_deprecated", "lego-deprecated"),
];

/// Where on GitHub the plugin for a provider is developed: owner and name.
pub(crate) fn repository(provider: &str) -> Option<String> {
    let other = OTHERS.iter().find(|(name, _)| *name == provider);
    let own = || PROVIDERS.iter().find(|name| **name == provider).copied();
    let name = other.map(|(_, repository)| *repository).or_else(own)?;
    Some(format!("caddy-dns/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_of_a_provider_is_known_by_the_providers_name() {
        let found = |name| repository(name);
        assert_eq!(found("cloudflare").as_deref(), Some("caddy-dns/cloudflare"));
        assert_eq!(found("allinkl").as_deref(), Some("caddy-dns/all-inkl"));
        assert_eq!(found("nobody"), None);
    }
}
