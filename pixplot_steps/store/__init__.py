"""Files: arrays (Zarr), tables (Parquet) and the commit that makes them appear whole. Knows no stage."""
