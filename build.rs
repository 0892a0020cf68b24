//! Says what to do when the pages, which are embedded in the binary, were not built yet.

fn main() {
    println!("cargo::rerun-if-changed=web/dist");
    if !std::path::Path::new("web/dist/graphiql/index.html").exists() {
        println!("cargo::error=web/dist is missing: run `make web` first, which builds the pages with Node.js");
    }
}
