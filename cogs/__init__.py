"""Discord-facing features, one a module, each found by itself."""
