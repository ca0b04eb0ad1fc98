//! `rewrite`, `uri`, `method` and `handle_path`: what upstreams and later placeholders see.

use crate::harness::Case;

#[test]
fn a_new_uri_is_put_together_as_with_caddy() {
    let mut case = Case::site(
        "handle /a* {
             rewrite /x%2Fy{path}?q={query}&p={path}
             reverse_proxy $A
         }
         handle /b* {
             rewrite /{header.X}?{query}&a=b
             reverse_proxy $A
         }
         handle /c* {
             rewrite /c?{header.X}=1&x={header.X}&{query}&p={query}
             reverse_proxy $A
         }
         handle /d* {
             rewrite ?a=b
             method post{header.X}
             respond \"{method} {uri} {path} {http.request.orig_method} {http.request.orig_uri} {http.request.orig_uri.path.1}\"
         }
         rewrite {uri}
         reverse_proxy $A",
    )
    .named();
    for target in [
        "/a%20b?z=1&y",
        "/a(b)%2f?z",
        "/a%2Fb",
        "/d/%41?x",
        "/e%2Ff?g",
        "/%7Bhost%7D",
    ] {
        case = case.get(target, &[]);
    }
    for value in ["h?i=j", "a%2Fb c", "%zz", "{host}", "a&b=c"] {
        let field = format!("X: {value}");
        case = case.get("/b?z=1", &[&field]).get("/c?z=1&y=2", &[&field]);
    }
    case.same();
}

#[test]
fn prefixes_and_suffixes_go_and_texts_are_replaced() {
    let mut case = Case::site(
        "handle_path /hp/* {
             reverse_proxy $A
         }
         handle /r1* {
             uri strip_prefix r1
             respond \"{uri} {path} {dir} {file} {orig_path}\"
         }
         handle /r2* {
             uri strip_suffix .html
             respond \"{uri} {path}\"
         }
         handle /r3* {
             uri replace b/ X/
             respond \"{uri} {path}\"
         }
         handle /r4* {
             uri path_regexp /+r4(.) /$1{header.X}/
             respond \"{uri} {path}\"
         }
         handle /r5* {
             uri query {
                 +add {path}
                 set {header.X}
                 old>new
                 k a b
                 -gone
             }
             respond \"{uri}\"
         }",
    )
    .named();
    for target in [
        "/hp/",
        "/hp/a%2Fb",
        "/hp//a/../b",
        "/hp/%2e%2e/x",
        "/HP/a",
        "/h%70/a",
        "/r1",
        "/r1/a",
        "/R1abc",
        "/r%31/a%2fb",
        "/r2/a.html",
        "/r2/a%2ehtml?x",
        "/r2/a.HTML/",
        "/r3//ab/b%2Fc/b/?b/",
        "/r4x//y%2f",
        "/r5?k=aaa&z=a",
        "/r5?old=1&old=2&new=3&gone&bad=%zz&x;y&=1&&e",
    ] {
        case = case.get(target, &["X: v&w x"]);
    }
    case.same();
}

#[test]
fn later_conditions_see_the_new_path() {
    Case::site(
        "route {
             rewrite /old/* /new/x
             @new path /new/*
             respond @new \"new {path}\"
             respond \"kept {path}\"
         }",
    )
    .get("/old/a", &[])
    .get("/other", &[])
    .same();
}
