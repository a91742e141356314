//! mingjing-testkit
