//! One harvesting process per data folder: a lock that dies with its holder.

use std::{
    fs::{File, TryLockError},
    path::Path,
    time::Duration,
};

/// How often the lock is tried again…
const PATIENCE: u32 = 20;

/// … and how long after.
const PAUSE: Duration = Duration::from_millis(50);

/// Held while a process harvests into a data folder.
#[derive(Debug)]
pub struct Locked {
    _file: File,
}

/// Why the lock was not given.
#[derive(Debug, thiserror::Error)]
pub enum Taken {
    /// Somebody else harvests into this folder.
    #[error("another process is harvesting into {0}; wait for it, or use another --data folder")]
    ByAnother(String),
    /// The lock file cannot be made.
    #[error("the lock file {path} cannot be used: {why}")]
    Unusable {
        /// The file.
        path: String,
        /// What is wrong.
        why: std::io::Error,
    },
}

/// Waits for the lock under which the tables of the file at `path` are made, beside it; it dies with its holder.
pub async fn lock_layout(path: &str) -> std::io::Result<File> {
    let path = format!("{path}.layout");
    let locked = tokio::task::spawn_blocking(move || {
        let file = File::create(path)?;
        file.lock().map(|()| file)
    });
    locked.await.map_err(std::io::Error::other)?
}

impl Locked {
    /// Takes the lock of `folder` for as long as it is needed. Whoever opens the folder to read it holds it for a moment, so
    /// some patience is due.
    ///
    /// # Errors
    /// Somebody keeps it, or the file cannot be made.
    pub fn wait(folder: &Path) -> Result<Self, Taken> {
        for _ in 0..PATIENCE {
            match Self::take(folder) {
                Err(Taken::ByAnother(_)) => std::thread::sleep(PAUSE),
                taken => return taken,
            }
        }
        Self::take(folder)
    }

    /// Takes the lock of `folder`, at once or not at all.
    ///
    /// # Errors
    /// Somebody holds it, or the file cannot be made.
    pub fn take(folder: &Path) -> Result<Self, Taken> {
        let path = folder.join("harvest.lock");
        let unusable = |why| Taken::Unusable { path: path.display().to_string(), why };
        let file = File::create(&path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Taken::ByAnother(folder.display().to_string())),
            Err(TryLockError::Error(why)) => Err(Taken::Unusable { path: path.display().to_string(), why }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_harvested_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = Locked::take(folder.path()).unwrap();
        assert!(matches!(Locked::take(folder.path()), Err(Taken::ByAnother(_))));
        drop(held);
        assert!(Locked::take(folder.path()).is_ok());
    }
}
