//! Payloads, original files and their texts, compressed, under stable keys.

use std::{fmt, path::Path, sync::Arc};

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};
use raadhuis_schema::ContentHash;
use serde::{Serialize, de::DeserializeOwned};

use crate::offload::{offload, offload_large};

/// Compression level: fast, and within a few percent of the best on JSON.
const LEVEL: i32 = 3;

/// The upper limit of an unpacked object, in bytes: a damaged frame cannot ask for more memory.
const LARGEST: usize = 512 << 20;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ArchiveKey(String);

impl ArchiveKey {
    /// The key of a redacted answer, made of the hash of the question's name.
    pub fn payload(source: &str, name: &ContentHash) -> Self {
        Self(format!("payload/{source}/{name}"))
    }

    /// The key of a file, made of the SHA-256 of its bytes.
    pub fn original(sha256: &str) -> Self {
        Self(format!("original/{sha256}"))
    }

    /// The key of a file's text, made of the SHA-256 of the file.
    pub fn for_text(sha256: &str) -> Self {
        Self(format!("text/{sha256}"))
    }

    /// A key that was read from the store.
    pub fn from_stored(key: &str) -> Self {
        Self(key.to_owned())
    }

    fn path(&self) -> Key {
        Key::from(self.0.as_str())
    }
}

impl fmt::Display for ArchiveKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ArchiveKey> for String {
    fn from(key: ArchiveKey) -> Self {
        key.0
    }
}

#[derive(Clone, Debug)]
pub struct Archive {
    objects: Arc<dyn ObjectStore>,
}

/// A failure of the archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("no archive is known for {0:?}; it must begin with file:")]
    UnknownAddress(String),
    #[error("the archive failed")]
    Objects(#[from] object_store::Error),
    #[error("{key} in the archive is damaged: {why}")]
    Damaged { key: String, why: std::io::Error },
    #[error("the archive folder {path} cannot be made: {why}")]
    NoFolder { path: String, why: std::io::Error },
}

impl Archive {
    /// Opens the archive at `address` (`file:PATH`) and creates its folder where needed.
    ///
    /// # Errors
    /// The address is unknown, or the folder cannot be created.
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

    /// Stores `bytes` under `key`; replaces what the key held.
    pub async fn put_object(&self, key: &ArchiveKey, bytes: Bytes) -> Result<(), ArchiveError> {
        let packed = offload_large(bytes.len(), move || zstd::bulk::compress(&bytes, LEVEL)).await;
        self.put_packed(key, packed).await
    }

    /// Stores `value` under `key` as JSON; replaces what the key held.
    pub async fn put_json<T>(&self, key: &ArchiveKey, value: T) -> Result<(), ArchiveError>
    where
        T: Serialize + Send + 'static,
    {
        let packed = offload(move || zstd::bulk::compress(&serde_json::to_vec(&value)?, LEVEL)).await;
        self.put_packed(key, packed).await
    }

    async fn put_packed(
        &self,
        key: &ArchiveKey,
        packed: std::io::Result<Vec<u8>>,
    ) -> Result<(), ArchiveError> {
        let packed = packed.map_err(|why| ArchiveError::Damaged { key: key.to_string(), why })?;
        self.objects.put(&key.path(), packed.into()).await?;
        Ok(())
    }

    pub async fn get(&self, key: &ArchiveKey) -> Result<Option<Bytes>, ArchiveError> {
        let Some(packed) = self.get_packed(key).await? else { return Ok(None) };
        let bytes = offload_large(unpacked_size(&packed), move || decompress(&packed)).await;
        let bytes = bytes.map_err(|why| ArchiveError::Damaged { key: key.to_string(), why })?;
        Ok(Some(bytes.into()))
    }

    /// Reads the bytes under `key`. Damaged bytes are logged and count as absent, because they can be fetched
    /// again.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub async fn get_intact(&self, key: &ArchiveKey) -> Result<Option<Bytes>, ArchiveError> {
        match self.get(key).await {
            Err(ArchiveError::Damaged { key, why }) => {
                tracing::error!(%key, error = %why, "damaged in the archive");
                Ok(None)
            }
            other => other,
        }
    }

    /// Reads the value under `key`. A damaged value is logged and counts as absent, because it can be made
    /// again from its source.
    pub async fn get_json<T>(&self, key: &ArchiveKey) -> Result<Option<T>, ArchiveError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let Some(packed) = self.get_packed(key).await? else { return Ok(None) };
        let parsed = offload_large(unpacked_size(&packed), move || -> std::io::Result<T> {
            Ok(serde_json::from_slice(&decompress(&packed)?)?)
        })
        .await;
        match parsed {
            Ok(value) => Ok(Some(value)),
            Err(error) => {
                tracing::error!(%key, %error, "damaged in the archive");
                Ok(None)
            }
        }
    }

    async fn get_packed(&self, key: &ArchiveKey) -> Result<Option<Bytes>, ArchiveError> {
        match self.objects.get(&key.path()).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    pub async fn has_object(&self, key: &ArchiveKey) -> Result<bool, ArchiveError> {
        match self.objects.head(&key.path()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    pub async fn delete_object(&self, key: &ArchiveKey) -> Result<(), ArchiveError> {
        match self.objects.delete(&key.path()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    pub fn address_of(folder: &Path) -> String {
        format!("file:{}", folder.display())
    }
}

fn decompress(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::bulk::decompress(packed, unpacked_size(packed))
}

/// The size that a frame states, within the limit; 0 if it states none.
fn unpacked_size(packed: &[u8]) -> usize {
    let size = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten().unwrap_or_default();
    usize::try_from(size).unwrap_or(LARGEST).min(LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_put_comes_back_until_it_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(&Archive::address_of(folder.path())).unwrap();
        let key = ArchiveKey::for_text("abc");
        archive.put_object(&key, "één ".repeat(9000).into()).await.unwrap();
        assert_eq!(archive.get(&key).await.unwrap().unwrap(), "één ".repeat(9000));
        archive.put_object(&key, Bytes::new()).await.unwrap();
        assert_eq!(archive.get(&key).await.unwrap().unwrap(), "");
        archive.put_json(&key, vec![1, 2]).await.unwrap();
        assert_eq!(archive.get_json::<Vec<u8>>(&key).await.unwrap(), Some(vec![1, 2]));
        assert!(archive.has_object(&key).await.unwrap());
        archive.delete_object(&key).await.unwrap();
        archive.delete_object(&key).await.unwrap();
        assert!(!archive.has_object(&key).await.unwrap());
        assert_eq!(archive.get(&key).await.unwrap(), None);
        assert_eq!(archive.get_json::<Vec<u8>>(&key).await.unwrap(), None);
    }

    #[tokio::test]
    async fn damaged_bytes_are_named_not_returned() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(&Archive::address_of(folder.path())).unwrap();
        let key = ArchiveKey::original("x");
        archive.put_object(&key, "0123456789".into()).await.unwrap();
        assert_eq!(archive.get_json::<Vec<u8>>(&key).await.unwrap(), None, "it is of another shape");
        std::fs::write(folder.path().join("original/x"), b"broken").unwrap();
        assert!(matches!(archive.get(&key).await, Err(ArchiveError::Damaged { .. })));
        assert_eq!(archive.get_json::<Vec<u8>>(&key).await.unwrap(), None);
    }
}
