"""Hotspots: dense regions of the map, each with a medoid."""
