//! mingjing-cases
