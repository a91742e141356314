//! mingjing-catalogue
