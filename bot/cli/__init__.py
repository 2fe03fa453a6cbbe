"""The commands of the command line, one a module; `bot.__main__` parses and chooses."""
