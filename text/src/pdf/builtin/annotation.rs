//! Annotations: boxes, marks and stamps that people added to a page.

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

/// The most annotations examined on a page, and the most bytes of all their drawings.
const MOST: usize = 1_000;
const LONGEST: usize = 20 << 20;

/// The least opacity of a shape that hides what it covers.
pub const OPAQUE: f32 = 0.98;

/// Flags of an invisible annotation: hidden, and not for screens.
const UNSHOWN: i64 = 0b10_0010;

pub struct Annotation {
    pub place: Rect,
    pub appearance: Appearance,
}

pub enum Appearance {
    Redaction,
    /// A drawing, and its transformation to the page.
    Drawing(FormXObject, Matrix),
    /// A filled box: the components of its colour, and whether it darkens what is below, as a marker does.
    Filled(Vec<f32>, bool),
}

/// Reads the visible annotations of each page, by page number.
pub fn read_annotations(bytes: &[u8]) -> BTreeMap<u32, Vec<Annotation>> {
    let Ok(document) = RawDocument::load(bytes) else { return BTreeMap::new() };
    let mut left = LONGEST;
    let mut found = BTreeMap::new();
    for (number, page) in document.pages() {
        let listed = document.get_dict(page).ok().and_then(|page| dict_get(page, b"Annots"));
        let Some(listed) = listed.and_then(|it| document.resolve(it).as_array()) else { continue };
        let mut shown = Vec::new();
        for entry in listed.iter().take(MOST).filter_map(|entry| document.resolve(entry).as_dict()) {
            let Some(annotation) = read_annotation(&document, entry, left) else { continue };
            if let Appearance::Drawing(form, _) = &annotation.appearance {
                left -= form.content.as_ref().map_or(0, Vec::len).min(left);
            }
            shown.push(annotation);
        }
        if !shown.is_empty() {
            found.insert(number, shown);
        }
    }
    found
}

fn read_annotation(document: &RawDocument, entry: &PdfDict, longest: usize) -> Option<Annotation> {
    let flags = resolve_key(document, entry, b"F").and_then(PdfObject::as_i64).unwrap_or(0);
    let kind = resolve_key(document, entry, b"Subtype").and_then(PdfObject::as_name)?;
    let place = numbers(document, resolve_key(document, entry, b"Rect")?);
    let &[left, bottom, right, top] = &place[..] else { return None };
    let place = Rect::from_corner(left, bottom, right - left, top - bottom);
    if kind == b"Redact" {
        return Some(Annotation { place, appearance: Appearance::Redaction });
    }
    // Form fields, links and notes hide nothing.
    if flags & UNSHOWN != 0 || [&b"Widget"[..], b"Link", b"Popup", b"Text"].contains(&kind) {
        return None;
    }
    if let Some(form) = drawing(document, entry, longest) {
        let matrix = fit_matrix(&form, place)?;
        return Some(Annotation { place, appearance: Appearance::Drawing(form, matrix) });
    }
    let colour = match kind {
        b"Highlight" | b"FreeText" => resolve_key(document, entry, b"C"),
        b"Square" | b"Circle" => resolve_key(document, entry, b"IC"),
        _ => None,
    };
    let is_opaque =
        resolve_key(document, entry, b"CA").and_then(PdfObject::as_f32).is_none_or(|alpha| alpha >= OPAQUE);
    let colour = numbers(document, colour.filter(|_| is_opaque)?);
    Some(Annotation { place, appearance: Appearance::Filled(colour, kind == b"Highlight") })
}

fn resolve_key<'a>(document: &'a RawDocument, entry: &'a PdfDict, key: &[u8]) -> Option<&'a PdfObject> {
    dict_get(entry, key).map(|value| document.resolve(value))
}

fn numbers(document: &RawDocument, array: &PdfObject) -> Vec<f32> {
    let array = array.as_array().unwrap_or_default();
    array.iter().take(6).filter_map(|it| document.resolve(it).as_f32()).collect()
}

fn drawing(document: &RawDocument, entry: &PdfDict, longest: usize) -> Option<FormXObject> {
    let states = document.resolve(dict_get(entry, b"AP")?).as_dict()?;
    let mut normal = dict_get(states, b"N")?;
    if let Some(states) = document.resolve(normal).as_dict() {
        let state = document.resolve(dict_get(entry, b"AS")?).as_name()?;
        normal = dict_get(states, state)?;
    }
    let (id, stream) = (normal.as_reference()?, document.resolve(normal).as_stream()?);
    let bbox = resolve_key(document, &stream.dict, b"BBox").map(|value| numbers(document, value));
    let bbox = bbox.and_then(|sides| <[f32; 4]>::try_from(sides).ok());
    let bbox = bbox.map(|[llx, lly, urx, ury]| PageBox { llx, lly, urx, ury });
    let matrix = resolve_key(document, &stream.dict, b"Matrix").map(|value| numbers(document, value));
    let matrix = matrix.and_then(|numbers| numbers.try_into().ok()).unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let content = decompress(stream).ok().filter(|content| content.len() <= longest);
    Some(FormXObject { id, matrix, bbox, content, transparency_group: false })
}

fn fit_matrix(form: &FormXObject, place: Rect) -> Option<Matrix> {
    let sides = form.bbox.as_ref()?;
    let taken = Matrix::from(form.matrix).transform_rect(Rect::from_corner(
        sides.llx,
        sides.lly,
        sides.width(),
        sides.height(),
    ));
    let (x, y) = (place.width() / taken.width(), place.height() / taken.height());
    let moved = [x, 0.0, 0.0, y, place.left - taken.left * x, place.bottom - taken.bottom * y];
    (taken.width() > 0.0 && taken.height() > 0.0).then(|| moved.into())
}
