"""The whole bot as a real process against a stand-in Discord: killed, refused, starved, and nothing lost."""
