"""From a person's words to a ranked answer."""
