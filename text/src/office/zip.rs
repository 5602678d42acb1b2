//! ZIP: a document of one of the newer Office formats, or files in an archive, which are opened one level.

use super::{Ended, Paper, docx, odf, package::Package, pptx, read_within, unsupported, xlsx};

/// Reads a document, or the files of an archive in their order.
pub fn read(bytes: &[u8], paper: &mut Paper) -> Ended {
    let mut package = Package::open(bytes)?;
    if let Some(ended) = document(&mut package, paper) {
        return ended;
    }
    let mut trouble = None;
    for name in package.names().into_iter().filter(|name| is_paper(name)) {
        if paper.is_full() {
            break;
        }
        let read = match package.part(&name) {
            Ok(Some(bytes)) => read_within(&name, &bytes, paper),
            Ok(None) => continue,
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = read {
            trouble.get_or_insert(refusal);
        }
    }
    trouble.map_or(Ok(()), Err)
}

/// Reads a document; an archive is not opened here.
pub fn read_document(bytes: &[u8], paper: &mut Paper) -> Ended {
    let mut package = Package::open(bytes)?;
    document(&mut package, paper).unwrap_or_else(|| Err(unsupported("an archive in an archive")))
}

fn document(package: &mut Package<'_>, paper: &mut Paper) -> Option<Ended> {
    if package.has("word/document.xml") {
        Some(docx::read(package, paper))
    } else if package.has("ppt/presentation.xml") {
        Some(pptx::read(package, paper))
    } else if package.has("xl/workbook.xml") {
        Some(xlsx::read(package, paper))
    } else if package.has("content.xml") && package.has("mimetype") {
        Some(odf::read(package, paper))
    } else {
        None
    }
}

/// Folders, and what systems leave in archives, are no papers.
fn is_paper(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    !file.is_empty()
        && !name.starts_with("__MACOSX/")
        && !["Thumbs.db", ".DS_Store", "desktop.ini"].contains(&file)
}
