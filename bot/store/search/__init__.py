"""The search index in SQLite: reader, writer, consistency check, suggestions."""
