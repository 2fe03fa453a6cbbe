"""The composition root: opens every part, connects them, runs the background jobs."""
