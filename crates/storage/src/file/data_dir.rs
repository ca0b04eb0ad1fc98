//! Where Caddy keeps its data when not told otherwise.

use std::path::PathBuf;

/// Caddy's data folder for the environment `env` (Caddy `storage.go AppDataDir`): in
/// `$XDG_DATA_HOME`, else the platform's folder in the home, else `./caddy`.
pub fn default_data_dir(env: impl Fn(&str) -> Option<String>) -> PathBuf {
    let set = |name: &str| {
        env(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(base) = set("XDG_DATA_HOME") {
        return base.join("caddy");
    }
    let platform = if cfg!(windows) {
        set("AppData").map(|base| base.join("Caddy"))
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Application Support/Caddy"))
    } else {
        set("HOME").map(|home| home.join(".local/share/caddy"))
    };
    platform.unwrap_or_else(|| PathBuf::from("./caddy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn prefers_xdg_then_home_then_here() {
        let with = |pairs: &[(&str, &str)]| {
            default_data_dir(|name| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        let both = with(&[("XDG_DATA_HOME", "/x"), ("HOME", "/h")]);
        assert_eq!(both, PathBuf::from("/x/caddy"));
        let home = with(&[("XDG_DATA_HOME", ""), ("HOME", "/h")]);
        assert_eq!(home, PathBuf::from("/h/.local/share/caddy"));
        assert_eq!(with(&[]), PathBuf::from("./caddy"));
    }
}
