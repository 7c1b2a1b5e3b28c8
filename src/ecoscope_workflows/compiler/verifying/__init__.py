"""The proof that all targets compute the same: a spec is run by each, and what comes out is compared."""
