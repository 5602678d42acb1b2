//! ZIP: a document of one of the newer Office formats, or an archive of files, which are opened one level
//! deep.

use super::{PageWriter, ReadResult, docx, odf, package::Package, pptx, read_within, unsupported, xlsx};

pub fn read_archive(bytes: &[u8], writer: &mut PageWriter) -> ReadResult {
    let mut package = Package::open(bytes)?;
    if let Some(ended) = document(&mut package, writer) {
        return ended;
    }
    let mut trouble = None;
    for name in package.member_names().into_iter().filter(|name| is_document(name)) {
        if writer.is_full() {
            break;
        }
        let read = match package.read_entry(&name) {
            Ok(Some(bytes)) => read_within(&name, &bytes, writer),
            Ok(None) => continue,
            Err(error) => Err(error),
        };
        if let Err(error) = read {
            trouble.get_or_insert(error);
        }
    }
    trouble.map_or(Ok(()), Err)
}

pub fn read_document(bytes: &[u8], writer: &mut PageWriter) -> ReadResult {
    let mut package = Package::open(bytes)?;
    document(&mut package, writer).unwrap_or_else(|| Err(unsupported("an archive in an archive")))
}

fn document(package: &mut Package<'_>, writer: &mut PageWriter) -> Option<ReadResult> {
    if package.contains_file("word/document.xml") {
        Some(docx::read_document(package, writer))
    } else if package.contains_file("ppt/presentation.xml") {
        Some(pptx::read_presentation(package, writer))
    } else if package.contains_file("xl/workbook.xml") {
        Some(xlsx::read_workbook(package, writer))
    } else if package.contains_file("content.xml") && package.contains_file("mimetype") {
        Some(odf::read_document(package, writer))
    } else {
        None
    }
}

/// Returns whether an entry may be a document: folders and metadata files of operating systems are not.
fn is_document(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    !file.is_empty()
        && !name.starts_with("__MACOSX/")
        && !["Thumbs.db", ".DS_Store", "desktop.ini"].contains(&file)
}
