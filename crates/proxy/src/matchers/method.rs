//! `method`: written in any case, compared as sent.

use http::Method;

/// Methods of which one must be the request's.
pub(super) struct Methods {
    methods: Box<[Box<str>]>,
}

impl Methods {
    pub(super) fn build(plan: &[String]) -> Self {
        Self {
            methods: plan
                .iter()
                .map(|method| method.to_uppercase().into())
                .collect(),
        }
    }

    pub(super) fn matches(&self, method: &Method) -> bool {
        self.methods
            .iter()
            .any(|wanted| **wanted == *method.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_may_be_in_lower_case_but_not_the_request() {
        let methods = Methods::build(&["get".to_owned(), "PURGE".to_owned()]);
        assert!(methods.matches(&Method::GET));
        assert!(methods.matches(&"PURGE".parse().unwrap()));
        assert!(!methods.matches(&"get".parse().unwrap()));
        assert!(!methods.matches(&Method::POST));
    }
}
