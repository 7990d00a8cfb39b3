"""Layouts: a place for every item, in several ways.

Needs vectors/<digest>.zarr, neighbours/<digest>.zarr and catalog/items.parquet.
Makes layouts/<name>/<digest>.zarr for each of umap (or positions of one's own), grid and alphabetical.
"""


rule umap:
    input:
        catalog=ancient("catalog/stamp.json"),
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('map', wildcards.digest).vectors}.zarr/stamp.json"
        ),
        neighbours=ancient(
            lambda wildcards: f"neighbours/{plan().branch('map', wildcards.digest).neighbours}.zarr/stamp.json"
        ),
    output:
        stamp="layouts/umap/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/umap/{digest}.log",
    benchmark:
        "benchmarks/layouts/umap/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        neighbours=lambda wildcards, input: Path(input.neighbours).parent,
        n_neighbors=SPEC.umap.n_neighbors,
        min_dist=SPEC.umap.min_dist,
        epochs=SPEC.umap.epochs,
        seed=SPEC.seed,
        reproducible=str(SPEC.reproducible).lower(),
        out="layouts/umap/{digest}.zarr",
    shell:
        """
        pixplot step layouts umap \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --neighbours {params.neighbours:q} \
            --n-neighbors {params.n_neighbors:q} \
            --min-dist {params.min_dist:q} \
            --epochs {params.epochs:q} \
            --seed {params.seed:q} \
            --reproducible {params.reproducible:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule positions:
    input:
        catalog=ancient("catalog/stamp.json"),
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('map', wildcards.digest).vectors}.zarr/stamp.json"
        ),
    output:
        stamp="layouts/positions/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/positions/{digest}.log",
    benchmark:
        "benchmarks/layouts/positions/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        file=SPEC.positions.path,
        metric=SPEC.neighbours.metric,
        out="layouts/positions/{digest}.zarr",
    shell:
        """
        pixplot step layouts positions \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --file {params.file:q} \
            --metric {params.metric:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule grid:
    input:
        map=ancient(
            lambda wildcards: f"{plan().branch('grid', wildcards.digest).map_path}/stamp.json"
        ),
    output:
        stamp="layouts/grid/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/grid/{digest}.log",
    benchmark:
        "benchmarks/layouts/grid/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        map=lambda wildcards, input: Path(input.map).parent,
        aspect=SPEC.grid.aspect,
        out="layouts/grid/{digest}.zarr",
    shell:
        """
        pixplot step layouts grid \
            --map {params.map:q} \
            --aspect {params.aspect:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule alphabetical:
    input:
        catalog=ancient("catalog/stamp.json"),
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branches[0].vectors}.zarr/stamp.json"
        ),
    output:
        stamp="layouts/alphabetical/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/alphabetical/{digest}.log",
    benchmark:
        "benchmarks/layouts/alphabetical/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        by=SPEC.alphabetical.by,
        aspect=SPEC.alphabetical.aspect,
        out="layouts/alphabetical/{digest}.zarr",
    shell:
        """
        pixplot step layouts alphabetical \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --by={params.by:q} \
            --aspect {params.aspect:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
