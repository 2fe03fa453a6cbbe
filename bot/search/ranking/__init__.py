"""From a weighted query to ranked articles."""
