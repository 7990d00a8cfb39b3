"""Catalogue: what there is - items, images, shards and problems."""
