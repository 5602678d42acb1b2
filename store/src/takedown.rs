//! Takedowns: the list that survives every backup, and the removal of everything on it.
//!
//! The list is beside the data folder, not in it: restoring an older copy of the folder does not restore entities that were
//! taken down since. Entries are only ever added, to the list and to the store.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use raadhuis_schema::Takedown;

use crate::{Archive, ArchiveError, ArchiveKey, Blocked, SharedStore, StoreError};

/// The list of all takedowns of a data folder: a file with one line of JSON for each.
#[derive(Clone, Debug)]
pub struct TakedownList {
    path: PathBuf,
}

/// A failure of a takedown.
#[derive(Debug, thiserror::Error)]
pub enum TakedownError {
    #[error("the list of takedowns {path} cannot be used: {why}")]
    List {
        path: String,
        /// The failure, with the line number where there is one.
        why: String,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl TakedownList {
    /// Finds the list of a data folder, which must exist: `DATA.takedowns` beside it.
    ///
    /// # Errors
    /// The folder cannot be found.
    pub fn open_list(folder: &Path) -> Result<Self, TakedownError> {
        let folder = folder.canonicalize().map_err(|why| TakedownError::List {
            path: folder.display().to_string(),
            why: why.to_string(),
        })?;
        let mut name = folder.into_os_string();
        name.push(".takedowns");
        Ok(Self { path: name.into() })
    }

    /// Reads each entity on the list once, with all its files, in the order of the first entries.
    ///
    /// # Errors
    /// The file cannot be read, or a line is no takedown.
    pub fn read_all(&self) -> Result<Vec<Takedown>, TakedownError> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(self.list_error(&why)),
        };
        let mut all: Vec<Takedown> = Vec::new();
        for (place, line) in
            text.split_inclusive('\n').enumerate().filter(|(_, line)| !line.trim().is_empty())
        {
            match serde_json::from_str::<Takedown>(line) {
                Ok(takedown) => match all.iter_mut().find(|known| known.id == takedown.id) {
                    Some(known) => {
                        let new = takedown.files.into_iter().filter(|file| !known.files.contains(file));
                        let new: Vec<String> = new.collect();
                        known.files.extend(new);
                    }
                    None => all.push(takedown),
                },
                // The program died while it wrote this line, before anything was taken down.
                Err(why) if !line.ends_with('\n') => {
                    tracing::warn!(list = %self.path.display(), %why, "the last line is cut off");
                }
                Err(why) => return Err(self.list_error(&format!("line {}: {why}", place + 1))),
            }
        }
        Ok(all)
    }

    /// Appends a takedown and syncs it to disk.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn append(&self, takedown: &Takedown) -> Result<(), TakedownError> {
        self.append_line(takedown).map_err(|why| self.list_error(&why))
    }

    fn append_line(&self, takedown: &Takedown) -> std::io::Result<()> {
        let mut file: File = OpenOptions::new().create(true).append(true).open(&self.path)?;
        // A line that was cut off must not merge with this one.
        let text = std::fs::read(&self.path)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            file.set_len(whole as u64)?;
        }
        file.write_all(format!("{}\n", serde_json::to_string(takedown)?).as_bytes())?;
        file.sync_all()
    }

    fn list_error(&self, why: &dyn std::fmt::Display) -> TakedownError {
        TakedownError::List { path: self.path.display().to_string(), why: why.to_string() }
    }
}

/// The result of a takedown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenDown {
    pub changes: u64,
    /// The SHA-256 of the files recorded with the takedown.
    pub files: Vec<String>,
}

/// Removes an entity from the store and the archive. `is_alone` is false while another process harvests: that
/// process may be writing the same keys, so they stay recorded and it deletes them once more.
///
/// # Errors
/// The store or the archive failed.
pub async fn take_down(
    store: &SharedStore,
    archive: &Archive,
    takedown: &Takedown,
    is_alone: bool,
) -> Result<TakenDown, TakedownError> {
    let Blocked { committed, keys, files } = store.block_entity(takedown).await?;
    for key in &keys {
        archive.delete_object(&ArchiveKey::from_stored(key)).await?;
    }
    store.discarded(if is_alone { &keys } else { &[] }).await?;
    Ok(TakenDown { changes: committed.changes.len() as u64, files })
}

/// Lists the takedowns on the list that the store does not know, with all their files, as after a restored
/// backup. Takedowns that only the store knows are added to the list.
///
/// # Errors
/// The list or the store failed.
pub async fn pending(list: &TakedownList, store: &SharedStore) -> Result<Vec<Takedown>, TakedownError> {
    let (listed, known) = (list.read_all()?, store.takedowns().await?);
    for takedown in known.iter().filter(|it| !is_covered(it, &listed)) {
        list.append(takedown)?;
    }
    Ok(listed.into_iter().filter(|it| !is_covered(it, &known)).collect())
}

/// Returns whether `others` take down the same entity with all files of this takedown.
fn is_covered(takedown: &Takedown, others: &[Takedown]) -> bool {
    let same: Vec<&Takedown> = others.iter().filter(|other| other.id == takedown.id).collect();
    !same.is_empty() && takedown.files.iter().all(|file| same.iter().any(|other| other.files.contains(file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_lies_beside_the_folder_and_names_a_broken_line() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("data");
        std::fs::create_dir(&folder).unwrap();
        let list = TakedownList::open_list(&folder).unwrap();
        assert_eq!(list.read_all().unwrap(), []);
        let takedown: Takedown = serde_json::from_str(
            r#"{"id": "document:notubiz:9101:7", "reason": "court", "at": "2026-11-25T12:00:00Z"}"#,
        )
        .unwrap();
        list.append(&takedown).unwrap();
        list.append(&takedown).unwrap();
        assert_eq!(list.read_all().unwrap(), std::slice::from_ref(&takedown));
        list.append(&Takedown { files: vec!["ab".into()], ..takedown.clone() }).unwrap();
        assert_eq!(list.read_all().unwrap()[0].files, ["ab"]);
        let path = place.path().join("data.takedowns");
        std::fs::write(&path, "{\"id\": ").unwrap();
        assert_eq!(list.read_all().unwrap(), [], "a line that was cut off");
        list.append(&takedown).unwrap();
        assert_eq!(list.read_all().unwrap(), std::slice::from_ref(&takedown));
        let with_file = Takedown { files: vec!["ab".into()], ..takedown.clone() };
        assert!(is_covered(&takedown, std::slice::from_ref(&with_file)));
        assert!(!is_covered(&with_file, std::slice::from_ref(&takedown)));
        assert!(
            is_covered(&with_file, &[takedown.clone(), with_file.clone()]) && !is_covered(&takedown, &[])
        );
        std::fs::write(&path, "{}\n").unwrap();
        let why = list.read_all().unwrap_err().to_string();
        assert!(why.contains("data.takedowns") && why.contains("line 1"), "{why}");
    }
}
