"""The whole bot as a real process against the fake Discord: kills, refusals, a full disk; nothing is lost."""
