"""PixPlot Steps: a folder of pictures becomes a map in the browser on which similar pictures lie together.

The stages are sub-packages, in the order of the data: catalog, fetch, ingest, features, vectors, neighbours, layouts,
hotspots, atlases, site. Importing this package loads none of them.

    import pixplot_steps as px

    made = px.build(images="pictures", model="builtin")
    made.items, made.layouts["umap"], made.hotspots, made.vectors()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pixplot_steps.command.notebook import Map, RunError, build, load

__version__ = "0.1.0"

__all__ = ["Map", "RunError", "__version__", "build", "load"]


def __getattr__(name: str) -> Any:
    # What needs numpy and pyarrow is loaded when it is asked for.
    if name in __all__:
        from pixplot_steps.command import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
