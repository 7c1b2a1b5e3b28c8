"""What the package offers."""

from ._ringing import count_nests, find_nests, get_rings, load_relocations, mean_wing, never, wing

__all__ = ["count_nests", "find_nests", "get_rings", "load_relocations", "mean_wing", "never", "wing"]
