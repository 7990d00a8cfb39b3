"""Ingest: each picture of a shard decoded once, into thumbnails, sizes, mean colours and the panel's picture."""
