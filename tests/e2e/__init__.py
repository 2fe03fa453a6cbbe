"""The whole bot as a real process against the fake Discord: killed, refused, starved, and nothing lost."""
