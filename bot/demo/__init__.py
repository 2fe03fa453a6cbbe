"""The sample blog, and the sandbox that shows the bot in a browser."""
