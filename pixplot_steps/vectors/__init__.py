"""Vectors: all features together, reduced by exact principal components."""
