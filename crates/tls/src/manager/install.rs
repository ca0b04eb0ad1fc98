//! From one generation's subjects to the next one's: read and check everything first, then change
//! everything at once.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use tokio::runtime::Handle;

use super::keeper::{Keeper, Unsettled};
use super::load::{self, PrepareError};
use super::{CertManager, Running};
use crate::certificate::Certificate;
use crate::client::ClientError;
use crate::issuer::Issuer;
use crate::settings::{CertificateFiles, IssuerSettings, SubjectSettings};

/// What a generation needs, read and checked, but with no effect yet.
#[derive(Debug)]
pub struct Prepared {
    pub(super) loaded: Vec<Arc<Certificate>>,
    subjects: Vec<PreparedSubject>,
}

#[derive(Debug)]
struct PreparedSubject {
    name: String,
    settings: Vec<IssuerSettings>,
    issuers: Vec<Arc<dyn Issuer>>,
    /// From storage; `None` also if a task keeps this subject already.
    stored: Option<Arc<Certificate>>,
}

/// Certificates read from files.
#[derive(Debug)]
pub struct Loaded(Vec<Arc<Certificate>>);

impl Loaded {
    /// The names on them.
    pub fn names(&self) -> Vec<String> {
        let names = self.0.iter().flat_map(|certificate| certificate.names());
        names.cloned().collect()
    }
}

impl CertManager {
    /// Reads certificate files. Changes nothing.
    pub async fn load(&self, files: &[CertificateFiles]) -> Result<Loaded, PrepareError> {
        let mut loaded = Vec::with_capacity(files.len());
        for (place, files) in files.iter().enumerate() {
            let certificate = load::files(place, files, &self.inner.environment).await?;
            loaded.push(Arc::new(certificate));
        }
        Ok(Loaded(loaded))
    }

    /// Reads what managed subjects need: trusted roots, certificates in storage. Changes nothing.
    pub async fn prepare(
        &self,
        loaded: Loaded,
        subjects: &[SubjectSettings],
    ) -> Result<Prepared, PrepareError> {
        let mut prepared = Vec::with_capacity(subjects.len());
        for subject in subjects {
            prepared.push(
                self.prepare_subject(&subject.name, &subject.issuers)
                    .await?,
            );
        }
        Ok(Prepared {
            loaded: loaded.0,
            subjects: prepared,
        })
    }

    /// Shows the prepared certificates and keeps the prepared subjects' from now on, with tasks
    /// on `control`. Subjects that are not among them are given up.
    pub fn install(&self, prepared: Prepared, control: &Handle) {
        let mut tasks = self.inner.tasks.lock();
        let stored = prepared.subjects.iter().filter_map(|subject| {
            Some((subject.name.clone(), Arc::clone(subject.stored.as_ref()?)))
        });
        let is_kept = |name: &str| prepared.subjects.iter().any(|subject| subject.name == name);
        self.inner
            .shared
            .index
            .install(prepared.loaded, stored.collect(), is_kept);
        let mut kept = HashMap::with_capacity(prepared.subjects.len());
        for subject in prepared.subjects {
            let running = match tasks.remove(&subject.name) {
                Some(running) if running.keeps(&subject.settings) => running,
                replaced => {
                    if let Some(replaced) = replaced {
                        replaced.task.abort();
                    }
                    self.start(&subject, control)
                }
            };
            kept.insert(subject.name, running);
        }
        let given_up = std::mem::replace(&mut *tasks, kept);
        for running in given_up.into_values() {
            running.task.abort();
        }
        self.inner
            .issuers
            .lock()
            .retain(|_, issuer| issuer.strong_count() > 0);
    }

    async fn prepare_subject(
        &self,
        name: &str,
        settings: &[IssuerSettings],
    ) -> Result<PreparedSubject, PrepareError> {
        let issuers = settings.iter().map(|settings| self.issuer(settings));
        let issuers: Vec<Arc<dyn Issuer>> = issuers.collect::<Result<_, _>>()?;
        let is_running = self
            .inner
            .tasks
            .lock()
            .get(name)
            .is_some_and(|running| running.keeps(settings));
        let environment = &self.inner.environment;
        let stored = if is_running {
            None
        } else {
            let keys = issuers.iter().map(|issuer| issuer.key());
            crate::store::load(&environment.storage, name, keys, &environment.provider).await
        };
        Ok(PreparedSubject {
            name: name.to_owned(),
            settings: settings.to_vec(),
            issuers,
            stored,
        })
    }

    /// The issuer with these settings; a new one only if none is in use.
    fn issuer(&self, settings: &IssuerSettings) -> Result<Arc<dyn Issuer>, ClientError> {
        let mut issuers = self.inner.issuers.lock();
        if let Some(issuer) = issuers.get(settings).and_then(Weak::upgrade) {
            return Ok(issuer);
        }
        let issuer = (self.inner.factory)(settings, &self.inner.environment)?;
        issuers.insert(settings.clone(), Arc::downgrade(&issuer));
        Ok(issuer)
    }

    fn start(&self, subject: &PreparedSubject, control: &Handle) -> Running {
        let keeper = Keeper {
            name: subject.name.clone(),
            issuers: subject.issuers.clone(),
            environment: self.inner.environment.clone(),
            index: self.inner.shared.index.clone(),
            chance: Arc::clone(&self.inner.chance),
            storing: self.inner.storing.clone(),
        };
        let unsettled = Unsettled::new(self.inner.unsettled.clone());
        let task = control.spawn(keeper.run(subject.stored.clone(), unsettled));
        Running {
            issuers: subject.settings.clone(),
            task: task.abort_handle(),
        }
    }
}
