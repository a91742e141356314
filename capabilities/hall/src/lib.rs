//! mingjing-hall
