"""Pictures of a graph: text for Mermaid and Graphviz, and SVG that any browser shows."""
