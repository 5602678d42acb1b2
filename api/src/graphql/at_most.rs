//! The limit on the length of lists given by clients.

use std::ops::Deref;

use async_graphql::{CustomValidator, InputType, InputValueError};

/// The maximum number of values in a list of a filter, and of ids or kinds.
pub const MOST_FILTER_VALUES: usize = 500;

/// A validator that refuses a longer list; it holds the maximum and the name of the list.
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
