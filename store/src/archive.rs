//! What suppliers said and what files held: payloads, originals and texts, compressed, under stable keys.
//!
//! Keys: `payload/SOURCE/HASH` (redacted answers), `original/SHA256` (files), `text/SHA256` (pages of text).

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};

/// Compression level: fast, and within a few percent of the best on JSON.
const LEVEL: i32 = 3;

/// The largest thing that is read back, in bytes, so that a damaged frame cannot ask for more.
const LARGEST: usize = 512 << 20;

/// A keeper of bytes.
#[derive(Clone, Debug)]
pub struct Archive {
    objects: Arc<dyn ObjectStore>,
}

/// Why the archive did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The address names no archive we have.
    #[error("no archive is known for {0:?}; it must begin with file:")]
    UnknownAddress(String),
    /// The folder failed.
    #[error("the archive failed")]
    Objects(#[from] object_store::Error),
    /// The bytes are damaged.
    #[error("{key} in the archive is damaged: {why}")]
    Damaged {
        /// The key.
        key: String,
        /// What is wrong.
        why: std::io::Error,
    },
    /// The folder cannot be made.
    #[error("the archive folder {path} cannot be made: {why}")]
    NoFolder {
        /// The folder.
        path: String,
        /// What is wrong.
        why: std::io::Error,
    },
}

impl Archive {
    /// Opens the archive at `address` (`file:PATH`), making the folder where needed.
    ///
    /// # Errors
    /// An unknown address, or a folder that cannot be made.
    pub fn open(address: &str) -> Result<Self, ArchiveError> {
        let path = match address.split_once(':') {
            Some(("file", path)) => Path::new(path),
            _ => return Err(ArchiveError::UnknownAddress(address.to_owned())),
        };
        let no_folder = |why| ArchiveError::NoFolder { path: path.display().to_string(), why };
        std::fs::create_dir_all(path).map_err(no_folder)?;
        let objects = LocalFileSystem::new_with_prefix(path)?.with_automatic_cleanup(false);
        Ok(Self { objects: Arc::new(objects) })
    }

    /// Keeps `bytes` under `key`, replacing what lay there.
    pub async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        let damaged = |why| ArchiveError::Damaged { key: key.to_owned(), why };
        let packed = zstd::bulk::compress(bytes, LEVEL).map_err(damaged)?;
        self.objects.put(&Key::from(key), packed.into()).await?;
        Ok(())
    }

    /// What lies under `key`, if anything.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, ArchiveError> {
        let packed = match self.objects.get(&Key::from(key)).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(other) => return Err(other.into()),
        };
        let damaged = |why| ArchiveError::Damaged { key: key.to_owned(), why };
        let size = zstd::zstd_safe::get_frame_content_size(&packed).ok().flatten().unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(LARGEST).min(LARGEST);
        Ok(Some(zstd::bulk::decompress(&packed, size).map_err(damaged)?.into()))
    }

    /// Whether anything lies under `key`.
    pub async fn has(&self, key: &str) -> Result<bool, ArchiveError> {
        match self.objects.head(&Key::from(key)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// Forgets what lies under `key`; nothing happens when nothing does.
    pub async fn delete(&self, key: &str) -> Result<(), ArchiveError> {
        match self.objects.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// The address of a folder.
    pub fn address_of(folder: &Path) -> String {
        format!("file:{}", folder.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_put_comes_back_until_it_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(&Archive::address_of(folder.path())).unwrap();
        archive.put("text/abc", "één ".repeat(9000).as_bytes()).await.unwrap();
        assert_eq!(archive.get("text/abc").await.unwrap().unwrap(), "één ".repeat(9000));
        archive.put("text/abc", b"").await.unwrap();
        assert_eq!(archive.get("text/abc").await.unwrap().unwrap(), "");
        assert!(archive.has("text/abc").await.unwrap());
        archive.delete("text/abc").await.unwrap();
        archive.delete("text/abc").await.unwrap();
        assert!(!archive.has("text/abc").await.unwrap());
        assert_eq!(archive.get("text/abc").await.unwrap(), None);
    }

    #[tokio::test]
    async fn damaged_bytes_are_named_not_returned() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(&Archive::address_of(folder.path())).unwrap();
        archive.put("original/x", b"0123456789").await.unwrap();
        std::fs::write(folder.path().join("original/x"), b"broken").unwrap();
        assert!(matches!(archive.get("original/x").await, Err(ArchiveError::Damaged { .. })));
    }
}
