"""Neighbours: the one graph of nearest neighbours that every later stage uses."""
