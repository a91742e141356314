//! An address as a QR code (ISO/IEC 18004) for pages that are printed: who holds the paper finds the page.

use fast_qr::{ECL, QRBuilder};

/// Longer addresses would need modules too small for a telephone.
const LONGEST: usize = 200;
/// Modules of white around, as the standard wants.
const QUIET: usize = 4;

/// The code as an SVG of its own colours, a path of squares; nothing for an address that does not fit.
pub fn qr_svg(address: &str) -> Option<String> {
    if address.is_empty() || address.len() > LONGEST {
        return None;
    }
    let code = QRBuilder::new(address).ecl(ECL::M).build().ok()?;
    let mut path = String::new();
    for y in 0..code.size {
        for x in (0..code.size).filter(|x| code[y][*x].value()) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET));
        }
    }
    let size = code.size + 2 * QUIET;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" width=\"132\" height=\"132\" \
         role=\"img\" aria-label=\"本页网址的二维码\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{size}v{size}h-{size}z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_address_becomes_squares_and_nothing_else() {
        let svg = qr_svg("https://example.gov.cn/items/33030300SJ-XK-0001").unwrap();
        // A code has three corners of 7 by 7 modules and more; the address itself does not stand in it.
        assert!(svg.matches('M').count() > 200 && !svg.contains("example"));
        assert_ne!(Some(svg), qr_svg("https://example.gov.cn/items/33030300SJ-XK-0002"));
        assert_eq!(qr_svg(""), None);
        assert_eq!(qr_svg(&"x".repeat(LONGEST + 1)), None);
    }
}
