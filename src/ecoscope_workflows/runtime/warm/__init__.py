"""Warm workers: a job in, its exit code out, run by a fork of a process that has its libraries loaded."""
