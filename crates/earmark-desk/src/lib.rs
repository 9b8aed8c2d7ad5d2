//! The use cases: program, issue, watch, trace.
