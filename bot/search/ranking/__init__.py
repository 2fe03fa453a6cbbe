"""From a weighted query to ranked articles and their best passages."""
