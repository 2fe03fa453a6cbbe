"""From a person's words to ranked articles with the passages that answer."""
