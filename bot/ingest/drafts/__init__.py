"""Builds article drafts: from entries, from pages, and their summaries. Pure."""
