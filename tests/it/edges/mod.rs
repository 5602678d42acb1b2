//! The edge cases that are known of each supplier, one by one. The numbers are those of the supplier's reference.

mod companywebcast;
mod gemeenteoplossingen;
mod ibabs;
mod notubiz;
mod parlaeus;
mod registers;
