"""What comes back from Discord: custom ids, controls, drafts, typed choices."""
