//! Generated code that the programs share.

include!(concat!(env!("OUT_DIR"), "/mod.rs"));
