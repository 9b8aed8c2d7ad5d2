//! Bundles are opened with tools that others wrote.
