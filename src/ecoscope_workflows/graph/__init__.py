"""A spec with its names found: task instances, their tasks, and the edges between them."""
