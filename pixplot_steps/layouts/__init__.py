"""Layouts: a place on the map for every item, in several ways, each with its quality measured."""
