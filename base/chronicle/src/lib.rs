//! mingjing-chronicle
