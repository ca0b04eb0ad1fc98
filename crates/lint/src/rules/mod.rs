//! The table of rules: a file each. Those about one thing stand together.

mod admin_on_all_interfaces;
mod basic_auth_only_root;
mod client_errors_eject;
mod cookie_without_secret;
mod credential_in_file;
mod deprecated_basicauth;
mod deprecated_health_path;
mod duplicate_upstream;
mod exact_root;
mod explicit_https_redirect;
mod file_server_exact_root;
mod first_never_fails_over;
mod forwarded_for_is_default;
mod forwarded_host_is_default;
mod forwarded_proto_is_default;
mod handle_exact_root;
mod hard_coded_proto;
mod header_exact_root;
mod health_options_without_uri;
mod health_timeout_equals_interval;
mod health_timeout_over_interval;
mod health_uri_without_slash;
mod host_is_default;
mod insecure_skip_verify;
mod max_fails_without_fail_duration;
mod no_health_check;
mod no_response_timeout;
mod no_retry_window;
mod on_demand_without_ask;
mod policy_with_one_upstream;
mod probe_of_only_upstream;
mod probe_status_default;
mod probe_without_host;
mod proxy_exact_root;
mod real_ip;
mod remote_with_port;
mod repeated_strip_prefix;
mod retries_only_get;
mod retries_without_health_check;
mod retry_window_only;
mod runtime_variable_in_address;
mod second_path;
mod second_proxy_never_runs;
mod spaces_in_placeholder;
mod spoofable_client_ip;
mod strikes_on_only_upstream;
mod try_duration_within_dial_timeout;
mod try_duration_within_interval;
mod try_interval_alone;
mod unfilled_template;
mod unhealthy_without_fail_duration;
mod unknown_placeholder;
mod upstream_host_is_default;
mod upstream_with_path;
mod upstream_without_port;
mod websocket_by_hand;
mod zero_timeout;

use crate::Rule;

/// All rules, from grave to light.
pub static RULES: &[Rule] = &[
    unknown_placeholder::RULE,
    unfilled_template::RULE,
    upstream_with_path::RULE,
    second_path::RULE,
    spaces_in_placeholder::RULE,
    runtime_variable_in_address::RULE,
    admin_on_all_interfaces::RULE,
    cookie_without_secret::RULE,
    insecure_skip_verify::RULE,
    basic_auth_only_root::RULE,
    spoofable_client_ip::RULE,
    credential_in_file::RULE,
    on_demand_without_ask::RULE,
    no_retry_window::RULE,
    probe_of_only_upstream::RULE,
    no_health_check::RULE,
    retries_without_health_check::RULE,
    strikes_on_only_upstream::RULE,
    health_timeout_equals_interval::RULE,
    health_timeout_over_interval::RULE,
    try_duration_within_dial_timeout::RULE,
    first_never_fails_over::RULE,
    try_duration_within_interval::RULE,
    duplicate_upstream::RULE,
    client_errors_eject::RULE,
    no_response_timeout::RULE,
    policy_with_one_upstream::RULE,
    explicit_https_redirect::RULE,
    zero_timeout::RULE,
    repeated_strip_prefix::RULE,
    second_proxy_never_runs::RULE,
    max_fails_without_fail_duration::RULE,
    unhealthy_without_fail_duration::RULE,
    health_options_without_uri::RULE,
    try_interval_alone::RULE,
    forwarded_proto_is_default::RULE,
    forwarded_for_is_default::RULE,
    host_is_default::RULE,
    forwarded_host_is_default::RULE,
    websocket_by_hand::RULE,
    upstream_host_is_default::RULE,
    hard_coded_proto::RULE,
    upstream_without_port::RULE,
    remote_with_port::RULE,
    handle_exact_root::RULE,
    header_exact_root::RULE,
    proxy_exact_root::RULE,
    file_server_exact_root::RULE,
    health_uri_without_slash::RULE,
    deprecated_basicauth::RULE,
    deprecated_health_path::RULE,
    probe_without_host::RULE,
    real_ip::RULE,
    probe_status_default::RULE,
    retries_only_get::RULE,
    retry_window_only::RULE,
];
