"""Specs as data: YAML text in, a `Spec` and the place of each of its words out; nothing is resolved here."""
