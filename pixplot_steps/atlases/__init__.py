"""Atlases: texture pages, filled in the spatial order of the map."""
