"""Our own checks of the source: sizes, names, who may query, and how money is computed."""
