//! The upstreams of a pool. Who is looked up is not known: two stand for all that may be found.

use evenkeel_plan::http::handlers::ReverseProxy;
use evenkeel_plan::http::handlers::reverse_proxy::DynamicUpstreams;

/// The dial addresses of a handler, or what stands for them.
pub(crate) fn all(proxy: &ReverseProxy) -> Vec<String> {
    let Some(source) = &proxy.dynamic_upstreams else {
        let upstreams = proxy.upstreams.iter();
        return upstreams.map(|upstream| upstream.dial.clone()).collect();
    };
    let mut names = Vec::new();
    collect(source, &mut names);
    let stand_ins = |name: String| [1, 2].map(|number| format!("{name}#{number}"));
    names.into_iter().flat_map(stand_ins).collect()
}

/// The depth is that of the plan, which its own parser has bounded.
fn collect(source: &DynamicUpstreams, names: &mut Vec<String>) {
    match source {
        DynamicUpstreams::A(source) if source.port.is_empty() => names.push(source.name.clone()),
        DynamicUpstreams::A(source) => names.push(format!("{}:{}", source.name, source.port)),
        DynamicUpstreams::Srv(source) if source.service.is_empty() && source.proto.is_empty() => {
            names.push(source.name.clone());
        }
        DynamicUpstreams::Srv(source) => names.push(format!(
            "_{}._{}.{}",
            source.service, source.proto, source.name
        )),
        DynamicUpstreams::Multi { sources } => {
            for source in sources {
                collect(source, names);
            }
        }
    }
}
