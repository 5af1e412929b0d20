//! Controls of ISO/IEC 42001.
/// A.6.2.6: AI system operation and monitoring.
pub const OPERATION: &str = "iso-42001:A.6.2.6";
/// A.6.2.9: AI system retirement.
pub const RETIREMENT: &str = "iso-42001:A.6.2.9"; //
/// A.7.5: Data provenance.
pub const PROVENANCE: &str = "iso-42001:A.7.5";
