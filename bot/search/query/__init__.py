"""From a person's words to a weighted query."""
