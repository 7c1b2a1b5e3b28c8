"""The built-in tasks; they reach a spec by entry point, as any package's tasks do."""
