//! The lock that allows one harvesting process per data folder. The system releases it when its holder dies.

use std::{
    fs::{File, TryLockError},
    path::Path,
    time::Duration,
};

/// The number of attempts to take the lock before giving up.
const LOCK_ATTEMPTS: u32 = 20;

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// The lock of a data folder, held while a process harvests into it.
#[derive(Debug)]
pub struct Locked {
    _file: File,
}

/// A failure to take the lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("another process is harvesting into {0}; wait for it, or use another --data folder")]
    ByAnother(String),
    #[error("the lock file {path} cannot be used: {why}")]
    Unusable { path: String, why: std::io::Error },
}

/// Waits for the lock under which the tables of the file at `path` are created. The lock file is beside the
/// database and is released when its holder dies.
pub async fn lock_layout(path: &str) -> std::io::Result<File> {
    let path = format!("{path}.layout");
    let locked = tokio::task::spawn_blocking(move || {
        let file = File::create(path)?;
        file.lock().map(|()| file)
    });
    locked.await.map_err(std::io::Error::other)?
}

impl Locked {
    /// Takes the lock of `folder`, after some attempts if needed: a process that opens the folder to read it
    /// holds the lock for a moment.
    ///
    /// # Errors
    /// Another process keeps the lock, or the file cannot be created.
    pub fn wait_for_lock(folder: &Path) -> Result<Self, LockError> {
        for _ in 0..LOCK_ATTEMPTS {
            match Self::take_lock(folder) {
                Err(LockError::ByAnother(_)) => std::thread::sleep(PAUSE),
                taken => return taken,
            }
        }
        Self::take_lock(folder)
    }

    /// Takes the lock of `folder` at once or not at all.
    ///
    /// # Errors
    /// Another process holds the lock, or the file cannot be created.
    pub fn take_lock(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join("harvest.lock");
        let unusable = |why| LockError::Unusable { path: path.display().to_string(), why };
        let file = File::create(&path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::ByAnother(folder.display().to_string())),
            Err(TryLockError::Error(why)) => {
                Err(LockError::Unusable { path: path.display().to_string(), why })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_harvested_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = Locked::take_lock(folder.path()).unwrap();
        assert!(matches!(Locked::take_lock(folder.path()), Err(LockError::ByAnother(_))));
        drop(held);
        assert!(Locked::take_lock(folder.path()).is_ok());
    }
}
