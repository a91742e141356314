//! mingjing-web
