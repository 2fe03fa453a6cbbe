"""Import and export of articles and subscriptions as JSON Lines."""
