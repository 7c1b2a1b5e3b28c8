"""Where results are kept: a local folder, or a place that a URL names, behind one interface."""
