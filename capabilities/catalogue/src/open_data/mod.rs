//! The catalogue as open data: files for machines with a dictionary, and figures about the catalogue (R24, R36, R193), among
//! them how far steps, materials and limits were reduced from version to version (R19). Only what is public already.

pub mod dictionary;
pub mod figures;
pub mod files;
