"""PixPlot Steps: a folder of pictures becomes a map in the browser on which similar pictures lie together.

The stages are sub-packages, in the order of the data: catalog, fetch, ingest, features, vectors, neighbours, layouts,
hotspots, atlases, site. Importing this package loads none of them.
"""

__version__ = "0.1.0"
