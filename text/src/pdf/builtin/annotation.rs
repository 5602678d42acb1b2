//! What lies on a page and is no part of its content: boxes, marks and stamps of people who read it.

use std::collections::BTreeMap;

use unpdf::parser::{
    backend::{FormXObject, PageBox},
    raw::{
        RawDocument,
        stream::decompress,
        tokenizer::{PdfDict, PdfObject, dict_get},
    },
};

use crate::pdf::geometry::{Matrix, Rect};

/// The most of them that are looked at on a page, and how long the drawings of all may be, in bytes.
const MOST: usize = 1_000;
const LONGEST: usize = 20 << 20;

/// Flags of one that is not shown: hidden, and not for screens.
const UNSHOWN: i64 = 0b10_0010;

/// One of them.
pub struct Annotation {
    pub place: Rect,
    pub look: Look,
}

/// How it is shown.
pub enum Look {
    /// It marks what is to be redacted.
    Redaction,
    /// A drawing, and how it comes to stand on the page.
    Drawing(FormXObject, Matrix),
    /// A box that is filled with a colour: its numbers, and whether it darkens what lies below, as a marker does.
    Filled(Vec<f32>, bool),
}

/// Those of each page of a file, by the number of the page.
pub fn read_annotations(bytes: &[u8]) -> BTreeMap<u32, Vec<Annotation>> {
    let Ok(document) = RawDocument::load(bytes) else { return BTreeMap::new() };
    let mut left = LONGEST;
    let mut found = BTreeMap::new();
    for (number, page) in document.pages() {
        let listed = document.get_dict(page).ok().and_then(|page| dict_get(page, b"Annots"));
        let Some(listed) = listed.and_then(|it| document.resolve(it).as_array()) else { continue };
        let read = |entry: &PdfObject| {
            let entry = document.resolve(entry).as_dict()?;
            let annotation = read_annotation(&document, entry, left)?;
            if let Look::Drawing(form, _) = &annotation.look {
                left -= form.content.as_ref().map_or(0, Vec::len).min(left);
            }
            Some(annotation)
        };
        let shown: Vec<Annotation> = listed.iter().take(MOST).filter_map(read).collect();
        if !shown.is_empty() {
            found.insert(number, shown);
        }
    }
    found
}

fn read_annotation(document: &RawDocument, entry: &PdfDict, longest: usize) -> Option<Annotation> {
    let get = |key: &[u8]| dict_get(entry, key).map(|value| document.resolve(value));
    let flags = get(b"F").and_then(PdfObject::as_i64).unwrap_or(0);
    let kind = get(b"Subtype").and_then(PdfObject::as_name)?;
    let place = numbers(document, get(b"Rect")?);
    let &[left, bottom, right, top] = &place[..] else { return None };
    let place = Rect::of(left, bottom, right - left, top - bottom);
    if kind == b"Redact" {
        return Some(Annotation { place, look: Look::Redaction });
    }
    // What is filled in, where a link leads and what a note says hides nothing.
    if flags & UNSHOWN != 0 || [&b"Widget"[..], b"Link", b"Popup", b"Text"].contains(&kind) {
        return None;
    }
    if let Some(form) = drawing(document, entry, longest) {
        let matrix = fit(&form, place)?;
        return Some(Annotation { place, look: Look::Drawing(form, matrix) });
    }
    let colour = match kind {
        b"Highlight" | b"FreeText" => get(b"C"),
        b"Square" | b"Circle" => get(b"IC"),
        _ => None,
    };
    let is_opaque = get(b"CA").and_then(PdfObject::as_f32).is_none_or(|alpha| alpha >= super::paint::OPAQUE);
    let colour = numbers(document, colour.filter(|_| is_opaque)?);
    Some(Annotation { place, look: Look::Filled(colour, kind == b"Highlight") })
}

fn numbers(document: &RawDocument, array: &PdfObject) -> Vec<f32> {
    let array = array.as_array().unwrap_or_default();
    array.iter().take(6).filter_map(|it| document.resolve(it).as_f32()).collect()
}

/// The drawing that shows it as it is now.
fn drawing(document: &RawDocument, entry: &PdfDict, longest: usize) -> Option<FormXObject> {
    let states = document.resolve(dict_get(entry, b"AP")?).as_dict()?;
    let mut normal = dict_get(states, b"N")?;
    if let Some(states) = document.resolve(normal).as_dict() {
        let state = document.resolve(dict_get(entry, b"AS")?).as_name()?;
        normal = dict_get(states, state)?;
    }
    let (id, stream) = (normal.as_reference()?, document.resolve(normal).as_stream()?);
    let six =
        |key: &[u8]| dict_get(&stream.dict, key).map(|value| numbers(document, document.resolve(value)));
    let bbox = six(b"BBox").and_then(|sides| <[f32; 4]>::try_from(sides).ok());
    let bbox = bbox.map(|[llx, lly, urx, ury]| PageBox { llx, lly, urx, ury });
    let matrix =
        six(b"Matrix").and_then(|numbers| numbers.try_into().ok()).unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let content = decompress(stream).ok().filter(|content| content.len() <= longest);
    Some(FormXObject { id, matrix, bbox, content, transparency_group: false })
}

/// How a drawing is moved so that what it takes fills its place on the page.
fn fit(form: &FormXObject, place: Rect) -> Option<Matrix> {
    let sides = form.bbox.as_ref()?;
    let taken =
        Matrix::from(form.matrix).surround(Rect::of(sides.llx, sides.lly, sides.width(), sides.height()));
    let (x, y) = (place.width() / taken.width(), place.height() / taken.height());
    let moved = [x, 0.0, 0.0, y, place.left - taken.left * x, place.bottom - taken.bottom * y];
    (taken.width() > 0.0 && taken.height() > 0.0).then(|| moved.into())
}
