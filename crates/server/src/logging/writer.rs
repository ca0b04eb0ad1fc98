//! A thread that writes lines, behind a bounded queue: whoever logs never waits.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::time::Duration;

use evenkeel_plan::logging::{FileMode, FileWriter, Writer as Target};
use evenkeel_proxy::LogSink;
use parking_lot::Mutex;

/// Lines that may wait; beyond it they are dropped and counted.
const QUEUE: usize = 16 * 1024;

/// How long the thread rests when it has written everything. While it waits for a line, each line
/// wakes it, which costs a busy worker more than all the rest of logging.
const REST: Duration = Duration::from_millis(5);

/// How long the end of the process waits for what is queued. A pipe that nobody reads never takes
/// it.
const CLOSING: Duration = Duration::from_secs(2);

/// Where lines go.
pub(super) struct Writer {
    sink: Arc<Sink>,
    /// Closed when the thread has written everything.
    written: Mutex<Receiver<()>>,
}

/// The queue's near end.
pub(super) struct Sink {
    queue: SyncSender<Vec<u8>>,
    dropped: Arc<AtomicU64>,
}

impl Writer {
    /// Opens the target and starts its thread. `None` for the one that discards.
    pub(super) fn open(target: &Target) -> io::Result<Option<Self>> {
        let output: Box<dyn Write + Send> = match target {
            Target::Stderr {} => Box::new(io::stderr()),
            Target::Stdout {} => Box::new(io::stdout()),
            Target::Discard {} => return Ok(None),
            Target::File(file) => Box::new(open_file(file)?),
            Target::Net(_) => return Err(io::ErrorKind::Unsupported.into()),
        };
        let (queue, lines) = sync_channel(QUEUE);
        let dropped = Arc::new(AtomicU64::new(0));
        let sink = Arc::new(Sink {
            queue,
            dropped: Arc::clone(&dropped),
        });
        let (done, written) = channel();
        std::thread::Builder::new()
            .name("log".into())
            .spawn(move || {
                let _done = done;
                write_lines(&lines, output, &dropped);
            })?;
        Ok(Some(Self {
            sink,
            written: Mutex::new(written),
        }))
    }

    pub(super) const fn sink(&self) -> &Arc<Sink> {
        &self.sink
    }

    /// Writes what is queued, unless that takes too long. Sinks that are still held elsewhere keep
    /// the thread alive; it is then left alone.
    pub(super) fn close(self) {
        let last = Arc::try_unwrap(self.sink);
        if last.map(drop).is_ok() {
            // Either the sender is gone, or it is not worth to wait any longer.
            self.written.into_inner().recv_timeout(CLOSING).ok();
        }
    }
}

impl LogSink for Sink {
    fn write(&self, entry: Vec<u8>) {
        self.push(entry);
    }
}

impl Sink {
    pub(super) fn push(&self, line: Vec<u8>) {
        if self.queue.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Opens a file to append to; it and the folders that are missing are made for their owner alone,
/// unless other permissions were asked for.
fn open_file(file: &FileWriter) -> io::Result<std::fs::File> {
    let path = Path::new(&file.filename);
    let folder_mode: FileMode = file.dir_mode.parse().unwrap_or_default();
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(mode_or(folder_mode, 0o700))
            .create(folder)?;
    }
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(mode_or(file.mode, 0o600))
        .open(path)
}

const fn mode_or(mode: FileMode, default: u32) -> u32 {
    match mode.0 {
        0 => default,
        mode => mode,
    }
}

/// Writes until the last sender is gone; flushes whenever the queue is empty. A log that cannot be
/// written has nowhere to complain; the next line may do better.
#[expect(
    clippy::disallowed_methods,
    reason = "a thread of its own, which no runtime waits for"
)]
fn write_lines(lines: &Receiver<Vec<u8>>, output: Box<dyn Write + Send>, dropped: &AtomicU64) {
    let mut output = io::BufWriter::new(output);
    while let Ok(line) = lines.recv() {
        output.write_all(&line).ok();
        while let Ok(line) = lines.try_recv() {
            output.write_all(&line).ok();
        }
        let lost = dropped.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let level = r#"{"level":"warn","msg":"log lines dropped","count":"#;
            writeln!(output, "{level}{lost}}}").ok();
        }
        output.flush().ok();
        std::thread::sleep(REST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(filename: String, mode: &str) -> Target {
        Target::File(FileWriter {
            filename,
            mode: mode.parse().expect("a mode"),
            dir_mode: mode.to_owned(),
            ..FileWriter::default()
        })
    }

    #[test]
    fn a_file_and_its_folder_get_the_permissions_asked_for() -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("new/access.log");
        let filename = path.to_string_lossy().into_owned();
        let writer = Writer::open(&file(filename, "750"))?;
        drop(writer);
        let mode = |path: &Path| Ok::<_, io::Error>(std::fs::metadata(path)?.permissions().mode());
        assert_eq!(mode(&path)? & 0o777, 0o750);
        assert_eq!(mode(path.parent().expect("a folder"))? & 0o777, 0o750);
        Ok(())
    }

    #[test]
    fn closing_writes_what_is_queued_and_files_are_private() -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("new/access.log");
        let filename = path.to_string_lossy().into_owned();
        let writer = Writer::open(&file(filename, ""))?.expect("a file is written");
        for n in 0..100 {
            writer.sink().push(format!("{n}\n").into_bytes());
        }
        writer.close();
        assert_eq!(std::fs::read_to_string(&path)?.lines().count(), 100);
        assert_eq!(
            std::fs::metadata(&path)?.permissions().mode() & 0o777,
            0o600
        );
        Ok(())
    }

    #[test]
    fn a_full_queue_drops_and_counts_instead_of_waiting() {
        let (queue, _lines) = sync_channel(1);
        let sink = Sink {
            queue,
            dropped: Arc::new(AtomicU64::new(0)),
        };
        sink.push(vec![1]);
        sink.push(vec![2]);
        assert_eq!(sink.dropped.load(Ordering::Relaxed), 1);
    }
}
