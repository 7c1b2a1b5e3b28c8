"""Programs from graphs: a graph in, the text of files out; emitters see nothing but the graph."""
