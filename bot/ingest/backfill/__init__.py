"""Imports the articles that existed before Herald did."""
