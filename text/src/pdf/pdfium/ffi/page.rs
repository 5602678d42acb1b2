//! A page that is loaded, and the objects on it.

use std::{
    ffi::{c_float, c_int, c_uint, c_void},
    marker::PhantomData,
    ptr::NonNull,
};

use super::{Functions, GetColour, Handle, Text};
use crate::pdf::{
    geometry::{Matrix, Rect},
    pdfium::object::{Colour, ObjectKind},
};

/// An object of a page, or of a form on it.
#[derive(Clone, Copy)]
pub struct Object<'a> {
    /// What it is.
    pub kind: ObjectKind,
    /// Where it stands on the page.
    pub place: Rect,
    handle: Handle,
    _page: PhantomData<&'a ()>,
}

impl Object<'_> {
    /// A number that is only good for comparing.
    pub fn number(&self) -> usize {
        self.handle.addr()
    }
}

/// A part of a picture of a page, in dots from the top left.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

/// A page that is loaded.
pub struct Page<'a> {
    call: &'a Functions,
    handle: NonNull<c_void>,
    covers: Vec<Rect>,
    _document: PhantomData<&'a ()>,
}

impl<'a> Page<'a> {
    /// A page of a document that is open as long as it is.
    pub(super) fn of(call: &'a Functions, handle: NonNull<c_void>, covers: Vec<Rect>) -> Self {
        Self { call, handle, covers, _document: PhantomData }
    }
}

impl Page<'_> {
    /// Its width and height in points, as it is shown.
    pub fn size(&self) -> (f32, f32) {
        let page = self.handle.as_ptr();
        // SAFETY: the page is loaded.
        unsafe { ((self.call.page_width)(page), (self.call.page_height)(page)) }
    }

    /// By how many quarters it is turned clockwise when it is shown.
    pub fn quarters(&self) -> i32 {
        // SAFETY: the page is loaded.
        unsafe { (self.call.page_rotation)(self.handle.as_ptr()) }
    }

    /// What of its plane it shows.
    pub fn bounds(&self) -> Option<Rect> {
        let mut rect = Rect::default();
        // SAFETY: the page is loaded, the pointer good for one rectangle.
        let is_known = unsafe { (self.call.page_box)(self.handle.as_ptr(), &raw mut rect) };
        (is_known != 0).then_some(rect)
    }

    /// What of its objects matters, in the order of painting, what stands in forms included. So many are looked at.
    pub fn objects(&self, most: usize) -> Vec<Object<'_>> {
        const DEEPEST: u32 = 5;
        let page = self.handle.as_ptr();
        // SAFETY: the page is loaded.
        let count = unsafe { (self.call.count_objects)(page) };
        let (mut found, mut left) = (Vec::new(), most);
        for index in 0..count {
            // SAFETY: the index is below the count.
            let object = unsafe { (self.call.get_object)(page, index) };
            self.add_object(object, Matrix::NONE, DEEPEST, &mut left, &mut found);
        }
        found
    }

    fn add_object(
        &self,
        object: Handle,
        outer: Matrix,
        depth: u32,
        left: &mut usize,
        found: &mut Vec<Object<'_>>,
    ) {
        const FORM: c_int = 5;
        if object.is_null() || *left == 0 {
            return;
        }
        *left -= 1;
        // SAFETY: the object belongs to this page, which is loaded.
        if unsafe { (self.call.object_kind)(object) } != FORM {
            if let Some(kind) = self.kind(object) {
                let place = outer.surround(self.place(object));
                found.push(Object { kind, place, handle: object, _page: PhantomData });
            }
            return;
        }
        if depth == 0 {
            return;
        }
        let mut own = Matrix::NONE;
        // SAFETY: the object is a form of this page; the pointer is good for one matrix, an index beyond the end gives null.
        let count = unsafe {
            (self.call.object_matrix)(object, &raw mut own);
            (self.call.form_objects)(object)
        };
        for index in 0..count {
            // SAFETY: the index is below the count.
            let child = unsafe { (self.call.form_object)(object, index.unsigned_abs().into()) };
            self.add_object(child, own.within(outer), depth - 1, left, found);
        }
    }

    /// What an object is; nothing where it neither hides anything nor can be hidden.
    fn kind(&self, object: Handle) -> Option<ObjectKind> {
        const TEXT: c_int = 1;
        const PATH: c_int = 2;
        const IMAGE: c_int = 3;
        const SHADING: c_int = 4;
        const UNPAINTED: c_int = 3;
        const CLIPPING: c_int = 4;
        // SAFETY: the object belongs to this page, which is loaded; what is asked of it fits its kind.
        let kind = unsafe { (self.call.object_kind)(object) };
        match kind {
            TEXT => {
                // SAFETY: it is a text.
                let mode = unsafe { (self.call.render_mode)(object) };
                // What is painted later is seen through letters that clip.
                (mode < CLIPPING).then(|| ObjectKind::Text {
                    is_painted: mode != UNPAINTED,
                    colour: colour(object, self.call.fill_colour),
                    in_layer: self.is_in_layer(object),
                })
            }
            PATH => self.shape(object),
            IMAGE => Some(ObjectKind::Picture),
            SHADING => Some(ObjectKind::Shape { colour: None }),
            _ => None,
        }
    }

    /// A path that is filled, or stroked so wide that it may hide letters.
    fn shape(&self, object: Handle) -> Option<ObjectKind> {
        const MARKER: c_float = 4.0;
        let (mut fill, mut stroke, mut width) = (0, 0, 0.0);
        // SAFETY: the object is a path of this page; each pointer is good for one number.
        unsafe {
            (self.call.draw_mode)(object, &raw mut fill, &raw mut stroke);
            (self.call.stroke_width)(object, &raw mut width);
        }
        if fill != 0 {
            Some(ObjectKind::Shape { colour: colour(object, self.call.fill_colour) })
        } else if stroke != 0 && width >= MARKER {
            Some(ObjectKind::Shape { colour: colour(object, self.call.stroke_colour) })
        } else {
            None
        }
    }

    /// Whether an object is marked as optional content: what its layer hides is not painted.
    fn is_in_layer(&self, object: Handle) -> bool {
        const LAYER: [u16; 3] = [0x4F, 0x43, 0];
        // SAFETY: the object belongs to this page; the buffer is as long as is said, and a longer name is not written.
        unsafe {
            let count = (self.call.count_marks)(object).clamp(0, 8);
            (0..count.unsigned_abs()).any(|index| {
                let mark = (self.call.get_mark)(object, index.into());
                let (mut name, mut size) = ([0_u16; 3], 0);
                !mark.is_null()
                    && (self.call.mark_name)(mark, name.as_mut_ptr(), 6, &raw mut size) != 0
                    && size == 6
                    && name == LAYER
            })
        }
    }

    /// Leaves some of its objects out when it is painted, or puts them back.
    pub fn show_objects<'a>(&self, objects: impl Iterator<Item = &'a Object<'a>>, is_shown: bool) {
        for object in objects {
            // SAFETY: the object belongs to a page that is loaded, as its lifetime says.
            unsafe { (self.call.set_active)(object.handle, is_shown.into()) };
        }
    }

    /// The rectangles that annotations cover which no drawing shows, or mark for redaction.
    pub fn covers(&self) -> &[Rect] {
        &self.covers
    }

    fn place(&self, object: Handle) -> Rect {
        let mut at = Rect::default();
        // SAFETY: the object belongs to this page; each pointer is good for one number.
        let _ = unsafe {
            (self.call.object_bounds)(
                object,
                &raw mut at.left,
                &raw mut at.bottom,
                &raw mut at.right,
                &raw mut at.top,
            )
        };
        at
    }

    /// Its text.
    pub fn text(&self) -> Option<Text<'_>> {
        // SAFETY: the page is loaded.
        let handle = NonNull::new(unsafe { (self.call.load_text)(self.handle.as_ptr()) })?;
        Some(Text::of(self.call, handle))
    }

    /// Paints it in shades of grey on white, with its annotations.
    pub fn paint(&self, width: u32, height: u32) -> Option<Vec<u8>> {
        self.paint_part((width, height), &Part { left: 0, top: 0, width, height })
    }

    /// Paints a part of it, when the whole would have so many dots.
    pub fn paint_part(&self, (width, height): (u32, u32), part: &Part) -> Option<Vec<u8>> {
        const GREY: c_int = 1;
        const ANNOTATIONS_AND_GREY: c_int = 0x01 | 0x08;
        let mut dots = vec![0xFF_u8; usize::try_from(u64::from(part.width) * u64::from(part.height)).ok()?];
        let number = |number: u32| c_int::try_from(number).ok();
        let (across, down) = (number(part.width)?, number(part.height)?);
        let (left, top, width, height) =
            (number(part.left)?, number(part.top)?, number(width)?, number(height)?);
        // SAFETY: the dots are ours, one byte each, `across` bytes a row, and live until the bitmap is closed.
        let bitmap = unsafe { (self.call.bitmap)(across, down, GREY, dots.as_mut_ptr().cast(), across) };
        let bitmap = NonNull::new(bitmap)?.as_ptr();
        let page = self.handle.as_ptr();
        // SAFETY: bitmap and page are open; the bitmap is closed once.
        unsafe {
            (self.call.render)(bitmap, page, -left, -top, width, height, 0, ANNOTATIONS_AND_GREY);
            (self.call.close_bitmap)(bitmap);
        }
        Some(dots)
    }
}

/// A colour of an object, by the function that tells it.
fn colour(object: Handle, get: GetColour) -> Option<Colour> {
    let mut parts: [c_uint; 4] = [0; 4];
    let [red, green, blue, opaque] = &mut parts;
    // SAFETY: the object belongs to this page; each pointer is good for one number.
    let is_known = unsafe { get(object, &raw mut *red, &raw mut *green, &raw mut *blue, &raw mut *opaque) };
    (is_known != 0).then(|| parts.map(|part| u8::try_from(part).unwrap_or(u8::MAX)))
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        // SAFETY: the page is loaded, and its text is closed.
        unsafe { (self.call.close_page)(self.handle.as_ptr()) };
    }
}
