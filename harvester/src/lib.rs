//! Asks suppliers politely and turns their words into our entities.
