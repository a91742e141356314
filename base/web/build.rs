//! The pages need the styles and scripts that Vite builds; say so in words instead of a macro error.

use std::path::Path;

fn main() {
    let dist = Path::new("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    assert!(
        dist.join(".vite/manifest.json").is_file(),
        "\n\nThe styles and scripts are not built yet (web/dist/.vite/manifest.json is missing).\n\
         Run `make assets`, or `npm ci && npm run build` in the folder web/.\n\n"
    );
}
