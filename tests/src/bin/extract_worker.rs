//! The child that reads documents, for tests: the same main as the program's `extract-worker`.

fn main() {
    raadhuis_harvester::text::worker::run();
}
