//! Killed processes, full disks, and two processes at once.
