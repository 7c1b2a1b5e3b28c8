"""Specs of earlier grammars in, the same specs in the `workflow:` grammar out, their comments kept."""
