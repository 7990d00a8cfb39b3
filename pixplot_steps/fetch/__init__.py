"""Fetch: remote pictures into a content-addressed cache. Empty until collections on IIIF servers arrive."""
