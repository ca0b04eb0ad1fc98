//! Upstreams that are looked up (`dynamic`), and name servers of one's own (`resolvers`).

use crate::harness::{Case, Record};

const LOCALHOST: [u8; 4] = [127, 0, 0, 1];

#[test]
fn addresses_of_a_name_are_upstreams() {
    Case::proxy(
        "",
        "dynamic a app.test $PA {\nresolvers $DNS\nversions ipv4\nrefresh 10s\n}\n\
         header_up Upstream {upstream_hostport}",
    )
    .named()
    .dns([Record::Address("app.test", LOCALHOST)])
    .get("/", &[])
    .times(3)
    .same();
}

#[test]
fn services_are_taken_in_the_order_of_their_priority() {
    for source in [
        "dynamic srv _http._tcp.app.test {\nresolvers $DNS\n}",
        "dynamic srv app.test {\nservice http\nproto tcp\nresolvers $DNS\ngrace_period 1m\n}",
    ] {
        let options =
            format!("{source}\nlb_policy first\nheader_up Upstream {{upstream_hostport}}");
        Case::proxy("", &options)
            .named()
            .named()
            .dns([
                Record::Service("_http._tcp.app.test", 20, "localhost.", 'a'),
                Record::Service("_http._tcp.app.test", 10, "localhost.", 'b'),
            ])
            .get("/", &[])
            .times(2)
            .same();
    }
}

#[test]
fn several_sources_make_one_pool() {
    Case::proxy(
        "",
        "dynamic multi {\na app.test $PA {\nresolvers $DNS\n}\na gone.test $PA {\nresolvers $DNS\n}\n\
         srv app.test {\nresolvers $DNS\n}\n}\nlb_policy round_robin",
    )
    .named()
    .named()
    .dns([
        Record::Address("app.test", LOCALHOST),
        Record::Service("app.test", 1, "localhost.", 'b'),
    ])
    .get("/", &[])
    .times(4)
    .same();
}

#[test]
fn without_an_answer_the_upstreams_of_the_file_are_used() {
    for upstreams in ["", "$A"] {
        Case::proxy(upstreams, "dynamic a gone.test {\nresolvers $DNS\n}")
            .named()
            .dns([])
            .get("/", &[])
            .same();
    }
}

#[test]
fn a_request_may_say_what_is_looked_up() {
    Case::proxy(
        "",
        "dynamic a {header.X-Name} {header.X-Port} {\nresolvers $DNS\n}",
    )
    .named()
    .named()
    .dns([Record::Address("app.test", LOCALHOST)])
    .get("/", &["X-Name: app.test", "X-Port: $PA"])
    .get("/", &["X-Name: app.test", "X-Port: $PB"])
    .get("/", &["X-Name: gone.test", "X-Port: $PB"])
    .get("/", &["X-Name: app.test", "X-Port: 1"])
    .same();
}

#[test]
fn the_transport_asks_its_own_name_servers() {
    Case::proxy("app.test:$PA", "transport http {\nresolvers $DNS\n}")
        .named()
        .dns([Record::Address("app.test", LOCALHOST)])
        .get("/", &[])
        .same();
    Case::proxy("gone.test:$PA", "transport http {\nresolvers $DNS\n}")
        .named()
        .dns([Record::Address("app.test", LOCALHOST)])
        .get("/", &[])
        .same();
}
