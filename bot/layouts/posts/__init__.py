"""What is posted in channels: the card, the digest, and what the announcer renders of both."""
