//! Conditions that choose what answers, and what they leave for placeholders.

use evenkeel_testkit::Stage;

async fn body(stage: &Stage, target: &str, fields: &[(&str, &str)]) -> String {
    let request = Stage::request_with("GET", &format!("http://a.test{target}"), fields);
    let mut client = stage.client(80).await;
    client.send(request).await.expect("an answer").body
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn what_an_expression_captured_is_in_the_response_and_never_expanded_again() {
    let stage = Stage::caddyfile(
        "http://a.test {
            @item path_regexp item ^/item/(\\d+)/(?P<rest>.*)$
            respond @item \"{re.item.1} {re.rest} {re.item.9}\"
            @agent header_regexp agent User-Agent ^(\\w+)/
            respond @agent \"{re.agent.1}{re.item.1}\"
            respond none
        }",
    )
    .start()
    .await;

    assert_eq!(
        body(&stage, "/item/12/%7Bhost%7D", &[]).await,
        "12 {host} {http.regexp.item.9}"
    );
    assert_eq!(
        body(&stage, "/x/../item/1/a", &[]).await,
        "1 a {http.regexp.item.9}"
    );
    let agent = [("user-agent", "curl/8")];
    assert_eq!(body(&stage, "/", &agent).await, "curl{http.regexp.item.1}");
    assert_eq!(body(&stage, "/item/%D9%A1/a", &[]).await, "none");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn captures_of_one_request_are_not_seen_by_the_next_of_its_connection() {
    let stage = Stage::caddyfile(
        "http://a.test {
            @a path_regexp a ^/a(.)$
            header @a X-A {re.a.1}
            respond \"[{re.a.1}]\"
        }",
    )
    .start()
    .await;
    let mut client = stage.client(80).await;
    let mut ask = async |url: &str| {
        let request = Stage::request_with("GET", url, &[]);
        client.send(request).await.expect("an answer").body
    };

    assert_eq!(ask("http://a.test/ab").await, "[b]");
    assert_eq!(ask("http://a.test/").await, "[{http.regexp.a.1}]");
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn not_holds_if_none_of_its_sets_does() {
    let stage = Stage::caddyfile(
        "http://a.test {
            @other {
                not path /a*
                not {
                    path /b*
                    query x=1
                }
            }
            respond @other other
            respond known
        }",
    )
    .start()
    .await;

    for (target, expected) in [
        ("/a", "known"),
        ("/%61", "known"),
        ("/b?x=1", "known"),
        ("/b?x=2", "other"),
        ("/c", "other"),
    ] {
        assert_eq!(body(&stage, target, &[]).await, expected, "{target}");
    }
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn addresses_are_those_of_the_peer_whatever_fields_say() {
    let stage = Stage::caddyfile(
        "http://a.test {
            @far {
                not remote_ip private_ranges
                not client_ip private_ranges
            }
            @documentation client_ip 203.0.113.9
            respond @documentation forged
            respond @far far
            respond near
        }",
    )
    .start()
    .await;

    let plain = body(&stage, "/", &[]).await;
    let forged = body(&stage, "/", &[("x-forwarded-for", "203.0.113.9")]).await;
    assert_ne!(plain, "forged");
    assert_eq!(forged, plain);
}

#[tokio::test(flavor = "local", start_paused = true)]
async fn variables_may_be_placeholders() {
    let stage = Stage::caddyfile(
        "http://a.test {
            @one vars {http.request.header.X} one two
            @three vars_regexp n {http.request.header.X} ^thr(e+)$
            respond @one one-or-two
            respond @three {re.n.1}
            @unset vars nobody \"\"
            respond @unset rest
        }",
    )
    .start()
    .await;

    assert_eq!(body(&stage, "/", &[("x", "two")]).await, "one-or-two");
    assert_eq!(body(&stage, "/", &[("x", "three")]).await, "ee");
    assert_eq!(body(&stage, "/", &[("x", "{host}")]).await, "rest");
}
