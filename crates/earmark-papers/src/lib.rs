//! Formats without I/O: the trace report.
