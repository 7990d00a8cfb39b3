"""Fetch stage: brings the pictures of IIIF servers here, politely and once (docs/iiif.md)."""
