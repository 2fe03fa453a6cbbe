"""From articles to index entries, and keeping the index complete."""
