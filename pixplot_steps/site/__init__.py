"""Site: tables, manifest and the built viewer as a folder that any static host can serve; and its verification."""
