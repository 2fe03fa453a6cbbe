"""The only SQL: one module per subject."""
