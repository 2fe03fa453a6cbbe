"""How things look on Discord: pure functions, article in, view out."""
