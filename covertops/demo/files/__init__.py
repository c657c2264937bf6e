"""Captures for the worked example: a screenshot and a web archive of a page made for it."""
