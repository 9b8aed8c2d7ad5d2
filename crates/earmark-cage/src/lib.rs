//! Running a job on hostile bytes in a child process: landlock, seccomp, limits.
