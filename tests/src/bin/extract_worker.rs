//! The child that reads documents, for tests: the same main as the program's `extract-worker`.

fn main() {
    let arguments: Vec<_> = std::env::args_os().skip(2).collect();
    raadhuis_text::worker::run(&arguments);
}
