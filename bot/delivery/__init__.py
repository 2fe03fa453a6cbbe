"""The outbox: what is to be sent, when, and what became of it."""
