//! The maximum of a list that a client gives.

use std::ops::Deref;

use async_graphql::{CustomValidator, InputType, InputValueError};

/// The most values of a filter list, ids or kinds.
pub const MOST_FILTER_VALUES: usize = 500;

/// Refuses a list of this name with more values.
pub struct AtMost(pub usize, pub &'static str);

impl<T: Deref<Target = [E]> + InputType, E> CustomValidator<T> for AtMost {
    fn check(&self, list: &T) -> Result<(), InputValueError<T>> {
        let Self(most, name) = self;
        let count = list.len();
        if count <= *most {
            return Ok(());
        }
        Err(InputValueError::custom(format!("{name} has {count} values; at most {most} are read")))
    }
}
