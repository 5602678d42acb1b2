//! The operands of an operator in a content stream.

use unpdf::parser::backend::{ContentOp, get_number_from_value};

/// The most numeric operands of an operator that is followed.
pub const MOST_NUMBERS: usize = 6;

/// Copies the numeric operands of an operator into `room`, and returns them.
pub fn numbers<'a>(op: &ContentOp, room: &'a mut [f32; MOST_NUMBERS]) -> &'a [f32] {
    let found = op.operands.iter().filter_map(get_number_from_value).zip(room.iter_mut());
    let count = found.map(|(number, place)| *place = number).count();
    &room[..count]
}
