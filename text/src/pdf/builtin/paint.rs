//! What a page paints and where: its operators followed one by one, forms included. Only what hidden text needs is followed.

use std::collections::HashMap;

use unpdf::parser::backend::{
    BlendMode, ContentOp, FormXObject, ObjectId, PageId, PaintedXObject, PdfBackend, PdfValue, ResourceScope,
    SoftMaskEntry, get_number_from_value,
};

use super::{
    annotation::{Annotation, Look},
    canvas::Canvas,
    outline::Outline,
    write::Writing,
};
use crate::pdf::{
    geometry::{Matrix, Rect},
    hidden::{PHOTOGRAPH, Painted, What},
};

/// Forms within forms, and operators of a page: more is no page for people.
const DEEPEST: usize = 8;
const MOST_OPERATORS: usize = 2_000_000;

/// How wide a line is, in points, that may hide letters.
const MARKER: f32 = 4.0;

/// How high and wide something must be, in points, to hide the smallest letters.
const LOWEST: f32 = 1.5;

/// From here on a colour lets nothing through.
pub const OPAQUE: f32 = 0.98;

/// A grey up to here, of 255, hides letters also where it is mixed with them: a black highlighter.
const BLACK: f32 = 60.0;

/// What the page has painted, in the order of painting, and how many letters and digits each text has.
pub fn paint_page(
    backend: &dyn PdfBackend,
    page: PageId,
    canvas: &Canvas,
    annotations: &[Annotation],
) -> Vec<(Painted, u32)> {
    let operators = backend.page_content(page).ok().and_then(|data| backend.decode_content(&data).ok());
    let operators = operators.unwrap_or_default();
    let paint = |stage| {
        let mut painter = Painter::new(backend, page, canvas, stage);
        painter.run(&operators, None);
        for annotation in annotations {
            painter.paint_annotation(annotation);
        }
        painter.painted
    };
    // Most pages have nothing that could hide a word: where the words stand is not worked out then.
    let is_bare =
        !annotations.iter().any(|it| matches!(it.look, Look::Redaction)) && paint(Stage::Covers).is_empty();
    if is_bare { Vec::new() } else { paint(Stage::All) }
}

/// What is followed of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Only what could hide a word: it is painted after words, or is no white.
    Covers,
    All,
}

/// From here on a grey, of 255, below black words hides none.
const WHITE: f32 = 250.0;

/// How what is painted is mixed with what lies below.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mixing {
    None,
    Darkening,
    Other,
}

/// What `q` keeps and `Q` gives back.
#[derive(Clone)]
struct State {
    matrix: Matrix,
    clip: Option<Rect>,
    /// How light the colour is in which shapes and letters are filled, up to 255; unknown of patterns and inks.
    fill: Option<f32>,
    stroke: Option<f32>,
    fill_alpha: f32,
    stroke_alpha: f32,
    mixing: Mixing,
    is_masked: bool,
    line_width: f32,
    /// Whether the colour space is one of grey, light or ink whose numbers are known.
    is_known: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            matrix: Matrix::NONE,
            clip: None,
            fill: Some(0.0),
            stroke: Some(0.0),
            fill_alpha: 1.0,
            stroke_alpha: 1.0,
            mixing: Mixing::None,
            is_masked: false,
            line_width: 1.0,
            is_known: true,
        }
    }
}

struct Painter<'a> {
    stage: Stage,
    /// Whether any words were shown.
    has_words: bool,
    backend: &'a dyn PdfBackend,
    page: PageId,
    canvas: &'a Canvas,
    state: State,
    kept: Vec<(State, Writing)>,
    outline: Outline,
    /// Whether the outline becomes a clip when it is painted.
    is_clip: bool,
    /// Whether each marked content that is open is a layer that may be switched off.
    layers: Vec<bool>,
    writing: Writing,
    forms: HashMap<ObjectId, Option<Vec<ContentOp>>>,
    path: Vec<ObjectId>,
    left: usize,
    painted: Vec<(Painted, u32)>,
}

impl<'a> Painter<'a> {
    fn new(backend: &'a dyn PdfBackend, page: PageId, canvas: &'a Canvas, stage: Stage) -> Self {
        Self {
            stage,
            has_words: false,
            backend,
            page,
            canvas,
            state: State::default(),
            kept: Vec::new(),
            outline: Outline::default(),
            is_clip: false,
            layers: Vec::new(),
            writing: Writing::default(),
            forms: HashMap::new(),
            path: Vec::new(),
            left: MOST_OPERATORS,
            painted: Vec::new(),
        }
    }
}

impl Painter<'_> {
    fn run(&mut self, operators: &[ContentOp], form: Option<ObjectId>) {
        let depth = self.kept.len();
        for operator in operators {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            self.follow(operator, ResourceScope { page: self.page, form }, depth);
        }
        // A form gives back what it kept.
        if self.kept.len() > depth {
            self.kept.truncate(depth + 1);
            self.restore();
        }
    }

    fn restore(&mut self) {
        if let Some((state, writing)) = self.kept.pop() {
            self.state = state;
            self.writing = writing;
        }
    }

    fn follow(&mut self, op: &ContentOp, scope: ResourceScope, depth: usize) {
        let mut room = [0.0; MOST_NUMBERS];
        let numbers = numbers(op, &mut room);
        match (op.operator.as_str(), numbers) {
            ("q", _) if self.kept.len() < 1_000 => self.kept.push((self.state.clone(), self.writing.clone())),
            ("Q", _) if self.kept.len() > depth => self.restore(),
            ("cm", numbers) => {
                if let Ok(numbers) = <[f32; 6]>::try_from(numbers) {
                    self.state.matrix = Matrix::from(numbers).within(self.state.matrix);
                }
            }
            ("w", &[width]) => self.state.line_width = width,
            ("gs", _) => self.set_state(op, scope),
            ("re", &[x, y, width, height]) => {
                self.outline.add_rectangle([x, y, width, height], self.state.matrix);
            }
            ("m", &[x, y]) => self.outline.start(self.state.matrix.apply((x, y))),
            ("l", &[x, y]) => self.outline.add_point(self.state.matrix.apply((x, y))),
            ("c", &[_, _, _, _, x, y]) | ("v" | "y", &[_, _, x, y]) => self.add_curve(numbers, x, y),
            ("W" | "W*", _) => self.is_clip = true,
            ("n" | "S" | "s" | "f" | "F" | "f*" | "B" | "b" | "B*" | "b*", _) => {
                self.end_outline(&op.operator);
            }
            ("g" | "rg" | "k", _) => {
                self.state.is_known = true;
                self.state.fill = grey(numbers);
            }
            ("G" | "RG" | "K" | "SC" | "SCN", _) => self.state.stroke = grey(numbers),
            ("cs", _) => self.set_space(op),
            ("sc" | "scn", _) => self.state.fill = grey(numbers).filter(|_| self.state.is_known),
            ("sh", _) => {
                let place = self.state.clip.unwrap_or(self.canvas.0);
                self.cover(place, What::Shape { grey: None }, self.state.fill_alpha);
            }
            ("BDC" | "BMC", _) if self.layers.len() < 1_000 => {
                self.layers.push(matches!(op.operands.first(), Some(PdfValue::Name(name)) if name == b"OC"));
            }
            ("EMC", _) => {
                self.layers.pop();
            }
            ("BI", _) => self.cover_square(),
            ("Do", _) => self.paint_object(op, scope),
            _ => self.write(op, scope),
        }
    }

    fn add_curve(&mut self, numbers: &[f32], x: f32, y: f32) {
        // Its controls, and where it ends: near enough to what it goes around.
        if let Some([first, second]) = numbers.first_chunk() {
            self.outline.add_point(self.state.matrix.apply((*first, *second)));
        }
        self.outline.add_point(self.state.matrix.apply((x, y)));
    }

    fn set_space(&mut self, op: &ContentOp) {
        let name = if let Some(PdfValue::Name(name)) = op.operands.first() { name.as_slice() } else { b"" };
        self.state.is_known = name.starts_with(b"Device") || name.starts_with(b"Cal");
        self.state.fill = self.state.is_known.then_some(0.0);
    }

    fn set_state(&mut self, op: &ContentOp, scope: ResourceScope) {
        let Some(PdfValue::Name(name)) = op.operands.first() else { return };
        let Some(set) = self.backend.ext_gstate(scope, name) else { return };
        self.state.fill_alpha = set.fill_alpha.unwrap_or(self.state.fill_alpha);
        self.state.stroke_alpha = set.stroke_alpha.unwrap_or(self.state.stroke_alpha);
        self.state.line_width = set.line_width.unwrap_or(self.state.line_width);
        if let Some(blend) = set.blend_mode {
            self.state.mixing = match blend {
                BlendMode::Normal => Mixing::None,
                BlendMode::Multiply | BlendMode::Darken => Mixing::Darkening,
                _ => Mixing::Other,
            };
        }
        if let Some(mask) = set.soft_mask {
            self.state.is_masked = !matches!(mask, SoftMaskEntry::None);
        }
    }

    fn end_outline(&mut self, how: &str) {
        let outline = std::mem::take(&mut self.outline);
        if how.starts_with(['f', 'F', 'b', 'B']) {
            let fill = What::Shape { grey: self.state.fill };
            for place in outline.surfaces(how.ends_with('*')) {
                self.cover(place, fill, self.state.fill_alpha);
            }
        }
        let width = self.state.line_width * self.state.matrix.scale();
        if how.starts_with(['s', 'S', 'b', 'B']) && width >= MARKER {
            let stroke = What::Shape { grey: self.state.stroke };
            outline.strokes(width).for_each(|place| self.cover(place, stroke, self.state.stroke_alpha));
        }
        if std::mem::take(&mut self.is_clip) {
            self.state.clip = outline.bounds().map(|bounds| self.clip(bounds));
        }
    }

    fn clip(&self, place: Rect) -> Rect {
        self.state.clip.map_or(place, |clip| place.clip(clip))
    }

    /// Something that hides what lies below it, where it is opaque.
    fn cover(&mut self, place: Rect, what: What, alpha: f32) {
        let is_black = matches!(what, What::Shape { grey: Some(grey) } if grey <= BLACK);
        let is_solid = match self.state.mixing {
            Mixing::None => true,
            Mixing::Darkening => is_black,
            Mixing::Other => false,
        };
        if is_solid && !self.state.is_masked && alpha >= OPAQUE && !self.is_in_layer() {
            let place = self.clip(place);
            let is_white = matches!(what, What::Shape { grey: Some(grey) } if grey >= WHITE);
            let hides_none = !self.has_words && (is_white || what == What::Picture);
            if place.width().min(place.height()) >= LOWEST && !(self.stage == Stage::Covers && hides_none) {
                self.painted.push((Painted { what, place: self.canvas.area(place) }, 0));
            }
        }
    }

    /// A picture: it fills the square of one by one.
    fn cover_square(&mut self) {
        self.cover(self.square(), What::Picture, self.state.fill_alpha);
    }

    fn square(&self) -> Rect {
        self.state.matrix.surround(Rect::of(0.0, 0.0, 1.0, 1.0))
    }

    /// A picture of the resources. Whether text shows through it is only asked where it lies on text.
    fn paint_picture(&mut self, scope: ResourceScope, name: &[u8]) {
        let area = self.canvas.area(self.clip(self.square()));
        let is_on = |it: &(Painted, u32)| matches!(it.0.what, What::Text { .. }) && area.covers(&it.0.place);
        if area.size() < PHOTOGRAPH && self.painted.iter().any(is_on) {
            let picture = self.backend.image_xobject(scope, name);
            if picture.is_none_or(|it| it.image_mask || it.smask.is_some() || it.color_key.is_some()) {
                return;
            }
        }
        self.cover_square();
    }

    fn paint_annotation(&mut self, annotation: &Annotation) {
        self.state = State::default();
        match &annotation.look {
            Look::Redaction => {}
            Look::Drawing(form, matrix) => {
                self.state.matrix = *matrix;
                self.paint_form(form);
            }
            Look::Filled(colour, is_darkening) => {
                self.state.mixing = if *is_darkening { Mixing::Darkening } else { Mixing::None };
                self.cover(annotation.place, What::Shape { grey: grey(colour) }, 1.0);
            }
        }
    }

    fn is_in_layer(&self) -> bool {
        self.layers.contains(&true)
    }

    fn paint_object(&mut self, op: &ContentOp, scope: ResourceScope) {
        let Some(PdfValue::Name(name)) = op.operands.first() else { return };
        match self.backend.xobject(scope, name) {
            Some(PaintedXObject::Image) => self.paint_picture(scope, name),
            Some(PaintedXObject::Form(form)) => self.paint_form(&form),
            Some(PaintedXObject::Other) | None => {}
        }
    }

    fn paint_form(&mut self, form: &FormXObject) {
        if self.path.len() >= DEEPEST || self.path.contains(&form.id) {
            return;
        }
        let decoded = self.forms.remove(&form.id).unwrap_or_else(|| {
            form.content.as_deref().and_then(|data| self.backend.decode_content(data).ok())
        });
        if let Some(operators) = &decoded {
            let outside = (self.state.clone(), self.writing.clone());
            self.state.matrix = Matrix::from(form.matrix).within(self.state.matrix);
            if let Some(bounds) = form.bbox {
                let bounds = Rect::of(bounds.llx, bounds.lly, bounds.width(), bounds.height());
                self.state.clip = Some(self.clip(self.state.matrix.surround(bounds)));
            }
            self.path.push(form.id);
            self.run(operators, Some(form.id));
            self.path.pop();
            (self.state, self.writing) = outside;
        }
        self.forms.insert(form.id, decoded);
    }

    fn write(&mut self, op: &ContentOp, scope: ResourceScope) {
        if self.stage == Stage::Covers {
            self.has_words |= matches!(op.operator.as_str(), "Tj" | "TJ" | "'" | "\"");
            return;
        }
        let (in_layer, state) = (self.is_in_layer(), &self.state);
        for word in self.writing.follow(op, scope, self.backend, state.matrix) {
            let what = What::Text { is_painted: word.is_painted, grey: state.fill, in_layer };
            let what = if word.is_clip { What::Other } else { what };
            self.painted.push((Painted { what, place: self.canvas.area(word.place) }, word.letters));
        }
    }
}

/// The most numbers that an operator of a page has which is followed.
pub const MOST_NUMBERS: usize = 6;

/// The numbers of an operator.
pub fn numbers<'a>(op: &ContentOp, room: &'a mut [f32; MOST_NUMBERS]) -> &'a [f32] {
    let found = op.operands.iter().filter_map(get_number_from_value).zip(room.iter_mut());
    let count = found.map(|(number, place)| *place = number).count();
    &room[..count]
}

/// How light a colour is, up to 255: of one number grey, of three light, of four ink.
fn grey(numbers: &[f32]) -> Option<f32> {
    let light = match *numbers {
        [grey] => grey,
        [red, green, blue] => 0.3 * red + 0.59 * green + 0.11 * blue,
        [cyan, magenta, yellow, black] => {
            let ink = |share: f32| 1.0 - (share + black).min(1.0);
            0.3 * ink(cyan) + 0.59 * ink(magenta) + 0.11 * ink(yellow)
        }
        _ => return None,
    };
    Some(light.clamp(0.0, 1.0) * 255.0)
}
