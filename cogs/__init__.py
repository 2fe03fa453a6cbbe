"""Discord-facing features, one per module, each discovered at start."""
