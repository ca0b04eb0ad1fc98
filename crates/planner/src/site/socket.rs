//! Network addresses of listeners, from the interface a `bind` names and the port of a site.
//! Caddy: `SplitNetworkAddress` and `JoinNetworkAddress` in `listeners.go`.

/// The address as it stands in the plan. A port in `interface` is dropped.
pub(super) fn join(interface: &str, port: u16) -> String {
    let (network, rest) = match interface.split_once('/') {
        Some((network, rest)) => (network.trim().to_ascii_lowercase(), rest),
        None => (String::new(), interface),
    };
    if network.starts_with("unix") || network.starts_with("fd") {
        return format!("{network}/{rest}");
    }
    let host = host(rest);
    let prefix = match network.as_str() {
        "" | "tcp" => String::new(),
        network => format!("{network}/"),
    };
    if host.contains(':') {
        format!("{prefix}[{host}]:{port}")
    } else {
        format!("{prefix}{host}:{port}")
    }
}

fn host(text: &str) -> &str {
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => host,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_the_site_follows_the_interface() {
        let table = [
            ("", ":80"),
            ("127.0.0.1", "127.0.0.1:80"),
            ("127.0.0.1:99", "127.0.0.1:80"),
            ("::1", "[::1]:80"),
            ("[::1]", "[::1]:80"),
            ("tcp/a", "a:80"),
            ("TCP6/a", "tcp6/a:80"),
            ("unix//run/x|0222", "unix//run/x|0222"),
            ("fd/3", "fd/3"),
        ];
        for (interface, expected) in table {
            assert_eq!(join(interface, 80), expected);
        }
    }
}
