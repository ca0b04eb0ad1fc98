//! Name → certificates. Built aside and swapped whole, so that a handshake sees one state.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use rustls::SignatureScheme;
use rustls::sign::CertifiedKey;
use tokio::sync::watch;

use crate::certificate::Certificate;
use crate::subject;

/// All certificates in use. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct CertificateIndex {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// What handshakes read.
    in_use: ArcSwap<InUse>,
    /// What the map is made from; locked only by those who change it.
    sources: Mutex<Sources>,
    /// Told of every change.
    changes: watch::Sender<()>,
}

/// The certificates as handshakes look for them.
#[derive(Debug, Default)]
struct InUse {
    by_name: HashMap<Box<str>, Vec<Arc<Certificate>>>,
    /// Those with marks.
    marked: Vec<Arc<Certificate>>,
}

#[derive(Debug, Default)]
struct Sources {
    loaded: Vec<Arc<Certificate>>,
    managed: HashMap<String, Arc<Certificate>>,
}

/// What a client can do with a certificate, and which ones are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Signature schemes the client offers.
    pub(crate) schemes: &'a [SignatureScheme],
    /// One of these marks is needed; any certificate will do if empty.
    pub(crate) any_tag: &'a [String],
    pub(crate) now: SystemTime,
}

impl CertificateIndex {
    /// Changes several things at once: the loaded certificates, managed ones that are new, and
    /// the subjects that stay managed.
    pub(crate) fn install(
        &self,
        loaded: Vec<Arc<Certificate>>,
        managed: Vec<(String, Arc<Certificate>)>,
        is_kept: impl Fn(&str) -> bool,
    ) {
        self.change(|sources| {
            sources.loaded = loaded;
            sources.managed.retain(|subject, _| is_kept(subject));
            sources.managed.extend(managed);
        });
    }

    /// Puts the certificate of a managed subject in the place of its old one.
    pub(crate) fn replace(&self, subject: &str, certificate: Arc<Certificate>) {
        self.change(|sources| {
            sources.managed.insert(subject.to_owned(), certificate);
        });
    }

    /// The certificate of a managed subject.
    pub fn managed(&self, subject: &str) -> Option<Arc<Certificate>> {
        self.shared.sources.lock().managed.get(subject).cloned()
    }

    /// The certificate of a managed subject, as soon as there is one.
    pub async fn obtained(&self, subject: &str) -> Arc<Certificate> {
        let mut changes = self.shared.changes.subscribe();
        loop {
            if let Some(certificate) = self.managed(subject) {
                return certificate;
            }
            // The sender is in `self`, so this cannot fail.
            drop(changes.changed().await);
        }
    }

    /// The best certificate for a name: exact first, then the nearest wildcard
    /// (certmagic `getCertificateFromCache`); and if certain marks are wanted, in the end any with
    /// such a mark, whatever its names: it was chosen by hand (certmagic `selectCert`). `name` is
    /// in lower case.
    pub(crate) fn find(&self, name: &str, wanted: Wanted<'_>) -> Option<Arc<CertifiedKey>> {
        let in_use = self.shared.in_use.load();
        if let Some(found) = in_use
            .by_name
            .get(name)
            .and_then(|choices| best(choices, wanted))
        {
            return Some(found);
        }
        subject::wildcards(name)
            .find_map(|candidate| best(in_use.by_name.get(candidate.as_str())?, wanted))
            .or_else(|| match wanted.any_tag {
                [] => None,
                _ => best(&in_use.marked, wanted),
            })
    }

    fn change(&self, edit: impl FnOnce(&mut Sources)) {
        let mut sources = self.shared.sources.lock();
        edit(&mut sources);
        // Within the lock, so that the last change is also the last map.
        self.shared.in_use.store(Arc::new(sources.in_use()));
        drop(sources);
        self.shared.changes.send_replace(());
    }
}

impl Sources {
    fn in_use(&self) -> InUse {
        let mut in_use = InUse::default();
        for certificate in self.loaded.iter().chain(self.managed.values()) {
            for name in &certificate.names {
                let same_name = in_use.by_name.entry(name.as_str().into());
                same_name.or_default().push(Arc::clone(certificate));
            }
            if !certificate.tags.is_empty() {
                in_use.marked.push(Arc::clone(certificate));
            }
        }
        in_use
    }
}

/// The first that the client can check and that has not expired; else the last one the client can
/// check; else the first (certmagic `DefaultCertificateSelector`).
fn best(choices: &[Arc<Certificate>], wanted: Wanted<'_>) -> Option<Arc<CertifiedKey>> {
    let mut best: Option<&Arc<Certificate>> = None;
    let is_marked = |certificate: &Certificate| {
        wanted.any_tag.is_empty()
            || certificate
                .tags
                .iter()
                .any(|tag| wanted.any_tag.contains(tag))
    };
    for choice in choices.iter().filter(|choice| is_marked(choice)) {
        if choice.certified.key.choose_scheme(wanted.schemes).is_none() {
            best = best.or(Some(choice));
            continue;
        }
        best = Some(choice);
        if choice.validity.contains(wanted.now) {
            break;
        }
    }
    best.map(|certificate| Arc::clone(&certificate.certified))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::provider;
    use crate::testing::{noon, self_signed, self_signed_for};

    const ECDSA: &[SignatureScheme] = &[SignatureScheme::ECDSA_NISTP256_SHA256];
    const ANY: Wanted<'_> = Wanted {
        schemes: ECDSA,
        any_tag: &[],
        now: SystemTime::UNIX_EPOCH,
    };

    fn certificate((chain, key): (String, String)) -> Arc<Certificate> {
        Arc::new(Certificate::from_pem(chain.as_bytes(), key.as_bytes(), &provider()).unwrap())
    }

    fn index(certificates: &[&Arc<Certificate>]) -> CertificateIndex {
        let index = CertificateIndex::default();
        let loaded = certificates
            .iter()
            .map(|certificate| Arc::clone(certificate))
            .collect();
        index.install(loaded, Vec::new(), |_| true);
        index
    }

    fn is(found: Option<Arc<CertifiedKey>>, expected: &Certificate) -> bool {
        found.is_some_and(|found| Arc::ptr_eq(&found, &expected.certified))
    }

    #[test]
    fn an_exact_name_wins_over_a_wildcard() {
        let exact = certificate(self_signed(&["a.b.test"]));
        let wildcard = certificate(self_signed(&["*.b.test"]));
        let index = index(&[&wildcard, &exact]);
        assert!(is(index.find("a.b.test", ANY), &exact));
        assert!(is(index.find("c.b.test", ANY), &wildcard));
        assert!(index.find("b.test", ANY).is_none());
        assert!(index.find("x.c.b.test", ANY).is_none());
    }

    #[test]
    fn one_with_a_wanted_mark_serves_names_that_are_not_on_it() {
        let marked = |name, tag: &str| {
            let (chain, key) = self_signed(&[name]);
            let made = Certificate::from_pem(chain.as_bytes(), key.as_bytes(), &provider());
            Arc::new(made.unwrap().with_tags(vec![tag.to_owned()]))
        };
        let (one, two) = (marked("one.test", "cert0"), marked("two.test", "cert1"));
        let index = index(&[&one, &two]);
        let any_tag = &["cert1".to_owned()];
        let wanted = Wanted { any_tag, ..ANY };
        assert!(is(index.find("other.test", wanted), &two));
        assert!(is(index.find("one.test", wanted), &two));
        assert!(index.find("other.test", ANY).is_none());
    }

    #[test]
    fn one_that_has_not_expired_is_preferred() {
        let old = certificate(self_signed_for(
            &["a.test"],
            noon() - Duration::from_hours(48),
            Duration::from_hours(24),
        ));
        let current = certificate(self_signed(&["a.test"]));
        let index = index(&[&old, &current]);
        assert!(is(
            index.find("a.test", Wanted { now: noon(), ..ANY }),
            &current
        ));
    }

    #[test]
    fn one_that_the_client_can_check_is_preferred() {
        let mut params = rcgen::CertificateParams::new(vec!["a.test".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2030, 1, 1);
        let rsa = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let rsa_pem = crate::key::encode("RSA PRIVATE KEY", rsa.serialized_der());
        let rsa = certificate((params.self_signed(&rsa).unwrap().pem(), rsa_pem));
        let ecdsa = certificate(self_signed(&["a.test"]));
        let index = index(&[&ecdsa, &rsa]);
        let rsa_only = Wanted {
            schemes: &[SignatureScheme::RSA_PSS_SHA256],
            now: noon(),
            ..ANY
        };
        assert!(is(index.find("a.test", rsa_only), &rsa));
        assert!(is(
            index.find("a.test", Wanted { now: noon(), ..ANY }),
            &ecdsa
        ));
        let neither = Wanted {
            schemes: &[SignatureScheme::ED25519],
            ..ANY
        };
        assert!(is(index.find("a.test", neither), &ecdsa));
    }

    #[test]
    fn marks_narrow_the_choice() {
        let (chain, key) = self_signed(&["a.test"]);
        let marked = Certificate::from_pem(chain.as_bytes(), key.as_bytes(), &provider()).unwrap();
        let marked = Arc::new(marked.with_tags(vec!["cert0".into()]));
        let plain = certificate(self_signed(&["a.test"]));
        let index = index(&[&plain, &marked]);
        let tags = ["cert0".to_owned()];
        assert!(is(
            index.find(
                "a.test",
                Wanted {
                    any_tag: &tags,
                    now: noon(),
                    ..ANY
                }
            ),
            &marked
        ));
        let others = ["cert1".to_owned()];
        assert!(
            index
                .find(
                    "a.test",
                    Wanted {
                        any_tag: &others,
                        ..ANY
                    }
                )
                .is_none()
        );
    }

    #[test]
    fn a_new_certificate_takes_the_place_of_the_old() {
        let index = CertificateIndex::default();
        let old = certificate(self_signed(&["a.test"]));
        let new = certificate(self_signed(&["a.test"]));
        index.replace("a.test", Arc::clone(&old));
        index.replace("a.test", Arc::clone(&new));
        assert!(is(
            index.find("a.test", Wanted { now: noon(), ..ANY }),
            &new
        ));
        index.install(Vec::new(), Vec::new(), |subject| subject != "a.test");
        assert!(index.find("a.test", ANY).is_none() && index.managed("a.test").is_none());
    }
}
