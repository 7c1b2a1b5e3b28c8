"""Specs into programs: a spec file in, a program's files on disk out."""
