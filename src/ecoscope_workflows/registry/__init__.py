"""Which tasks are installed: entry points in, a frozen `Catalog` of signatures out."""
