//! The only unsafe module of the program: bindings for the pdfium functions in use, and nothing else. Their
//! contracts are in `fpdfview.h`, `fpdf_text.h` and `fpdf_edit.h` of pdfium. A handle lives as long as its
//! wrapper, and a wrapper never longer than its parent. The library is not thread-safe, so no wrapper leaves
//! its thread.
#![expect(unsafe_code, reason = "a library of C++ is called")]

use std::{
    ffi::{OsStr, c_char, c_double, c_float, c_int, c_uint, c_ulong, c_void},
    marker::PhantomData,
    ptr::NonNull,
};

use libloading::Library;

use crate::pdf::geometry::{Matrix, Rect};

mod document;
mod page;
mod text;

pub use document::PdfiumDocument;
pub use page::{Object, PdfiumPage, PicturePart};
pub use text::PageCharacters;

type Handle = *mut c_void;

type GetColour = unsafe extern "C" fn(Handle, *mut c_uint, *mut c_uint, *mut c_uint, *mut c_uint) -> c_int;

macro_rules! functions {
    ($($name:ident: $kind:ty = $symbol:literal;)*) => {
        struct Functions { $($name: $kind,)* }

        impl Functions {
            fn find_symbols(library: &Library) -> Result<Self, libloading::Error> {
                // SAFETY: each symbol has the type that the header of the pinned version gives it.
                Ok(Self { $($name: *unsafe { library.get::<$kind>($symbol) }?,)* })
            }
        }
    };
}

functions! {
    init: unsafe extern "C" fn() = b"FPDF_InitLibrary\0";
    load: unsafe extern "C" fn(*const c_void, usize, *const c_char) -> Handle = b"FPDF_LoadMemDocument64\0";
    last_error: unsafe extern "C" fn() -> c_ulong = b"FPDF_GetLastError\0";
    close: unsafe extern "C" fn(Handle) = b"FPDF_CloseDocument\0";
    page_count: unsafe extern "C" fn(Handle) -> c_int = b"FPDF_GetPageCount\0";
    load_page: unsafe extern "C" fn(Handle, c_int) -> Handle = b"FPDF_LoadPage\0";
    close_page: unsafe extern "C" fn(Handle) = b"FPDF_ClosePage\0";
    page_width: unsafe extern "C" fn(Handle) -> c_float = b"FPDF_GetPageWidthF\0";
    page_height: unsafe extern "C" fn(Handle) -> c_float = b"FPDF_GetPageHeightF\0";
    page_rotation: unsafe extern "C" fn(Handle) -> c_int = b"FPDFPage_GetRotation\0";
    page_box: unsafe extern "C" fn(Handle, *mut Rect) -> c_int = b"FPDF_GetPageBoundingBox\0";
    count_annotations: unsafe extern "C" fn(Handle) -> c_int = b"FPDFPage_GetAnnotCount\0";
    flatten: unsafe extern "C" fn(Handle, c_int) -> c_int = b"FPDFPage_Flatten\0";
    count_objects: unsafe extern "C" fn(Handle) -> c_int = b"FPDFPage_CountObjects\0";
    get_object: unsafe extern "C" fn(Handle, c_int) -> Handle = b"FPDFPage_GetObject\0";
    object_kind: unsafe extern "C" fn(Handle) -> c_int = b"FPDFPageObj_GetType\0";
    object_bounds: unsafe extern "C" fn(Handle, *mut c_float, *mut c_float, *mut c_float, *mut c_float) -> c_int
        = b"FPDFPageObj_GetBounds\0";
    form_objects: unsafe extern "C" fn(Handle) -> c_int = b"FPDFFormObj_CountObjects\0";
    form_object: unsafe extern "C" fn(Handle, c_ulong) -> Handle = b"FPDFFormObj_GetObject\0";
    object_matrix: unsafe extern "C" fn(Handle, *mut Matrix) -> c_int = b"FPDFPageObj_GetMatrix\0";
    draw_mode: unsafe extern "C" fn(Handle, *mut c_int, *mut c_int) -> c_int = b"FPDFPath_GetDrawMode\0";
    fill_colour: GetColour = b"FPDFPageObj_GetFillColor\0";
    stroke_colour: GetColour = b"FPDFPageObj_GetStrokeColor\0";
    stroke_width: unsafe extern "C" fn(Handle, *mut c_float) -> c_int = b"FPDFPageObj_GetStrokeWidth\0";
    set_active: unsafe extern "C" fn(Handle, c_int) -> c_int = b"FPDFPageObj_SetIsActive\0";
    count_marks: unsafe extern "C" fn(Handle) -> c_int = b"FPDFPageObj_CountMarks\0";
    get_mark: unsafe extern "C" fn(Handle, c_ulong) -> Handle = b"FPDFPageObj_GetMark\0";
    mark_name: unsafe extern "C" fn(Handle, *mut u16, c_ulong, *mut c_ulong) -> c_int = b"FPDFPageObjMark_GetName\0";
    get_annotation: unsafe extern "C" fn(Handle, c_int) -> Handle = b"FPDFPage_GetAnnot\0";
    annotation_kind: unsafe extern "C" fn(Handle) -> c_int = b"FPDFAnnot_GetSubtype\0";
    annotation_flags: unsafe extern "C" fn(Handle) -> c_int = b"FPDFAnnot_GetFlags\0";
    annotation_has: unsafe extern "C" fn(Handle, *const c_char) -> c_int = b"FPDFAnnot_HasKey\0";
    annotation_colour: unsafe extern "C" fn(
        Handle,
        c_int,
        *mut c_uint,
        *mut c_uint,
        *mut c_uint,
        *mut c_uint,
    ) -> c_int = b"FPDFAnnot_GetColor\0";
    annotation_place: unsafe extern "C" fn(Handle, *mut Rect) -> c_int = b"FPDFAnnot_GetRect\0";
    close_annotation: unsafe extern "C" fn(Handle) = b"FPDFPage_CloseAnnot\0";
    render_mode: unsafe extern "C" fn(Handle) -> c_int = b"FPDFTextObj_GetTextRenderMode\0";
    load_text: unsafe extern "C" fn(Handle) -> Handle = b"FPDFText_LoadPage\0";
    close_text: unsafe extern "C" fn(Handle) = b"FPDFText_ClosePage\0";
    count_chars: unsafe extern "C" fn(Handle) -> c_int = b"FPDFText_CountChars\0";
    unicode: unsafe extern "C" fn(Handle, c_int) -> c_uint = b"FPDFText_GetUnicode\0";
    get_text: unsafe extern "C" fn(Handle, c_int, c_int, *mut u16) -> c_int = b"FPDFText_GetText\0";
    loose_box: unsafe extern "C" fn(Handle, c_int, *mut Rect) -> c_int = b"FPDFText_GetLooseCharBox\0";
    text_object: unsafe extern "C" fn(Handle, c_int) -> Handle = b"FPDFText_GetTextObject\0";
    tight_box: unsafe extern "C" fn(Handle, c_int, *mut c_double, *mut c_double, *mut c_double, *mut c_double) -> c_int
        = b"FPDFText_GetCharBox\0";
    font_weight: unsafe extern "C" fn(Handle, c_int) -> c_int = b"FPDFText_GetFontWeight\0";
    bitmap: unsafe extern "C" fn(c_int, c_int, c_int, *mut c_void, c_int) -> Handle = b"FPDFBitmap_CreateEx\0";
    render: unsafe extern "C" fn(Handle, Handle, c_int, c_int, c_int, c_int, c_int, c_int)
        = b"FPDF_RenderPageBitmap\0";
    close_bitmap: unsafe extern "C" fn(Handle) = b"FPDFBitmap_Destroy\0";
}

/// The initialised library. It stays loaded for the life of the process.
pub struct PdfiumLibrary {
    call: Functions,
    // Keeps the code of the functions loaded.
    _library: Library,
    /// Makes the type neither `Send` nor `Sync`.
    _here: PhantomData<*mut ()>,
}

impl PdfiumLibrary {
    pub fn load_library(path: &OsStr) -> Result<Self, libloading::Error> {
        // SAFETY: the operator named or installed this file as pdfium; loading it runs its initialisers.
        let library = unsafe { Library::new(path) }?;
        let call = Functions::find_symbols(&library)?;
        // SAFETY: called once for each process, before any other function of the library.
        unsafe { (call.init)() };
        Ok(Self { call, _library: library, _here: PhantomData })
    }

    /// Opens a PDF in memory. The error is the error code of the library.
    pub fn document<'a>(&'a self, bytes: &'a [u8]) -> Result<PdfiumDocument<'a>, c_ulong> {
        // SAFETY: the bytes outlive the document, as its lifetime says; no password is a null pointer.
        let handle = unsafe { (self.call.load)(bytes.as_ptr().cast(), bytes.len(), std::ptr::null()) };
        let Some(handle) = NonNull::new(handle) else {
            // SAFETY: takes nothing.
            return Err(unsafe { (self.call.last_error)() });
        };
        Ok(PdfiumDocument::from_handle(&self.call, handle))
    }
}
