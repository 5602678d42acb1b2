//! The truth: entities, their parts, the change log, and the archive.
