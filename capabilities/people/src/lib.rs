//! mingjing-people
