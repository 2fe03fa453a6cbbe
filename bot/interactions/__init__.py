"""What comes back from Discord: custom ids, typed choices, autocompletion, access checks."""
