"""The only SQL: one module a subject."""
