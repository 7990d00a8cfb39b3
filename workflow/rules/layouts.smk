"""Layouts: a place for every item, in several ways.

Needs vectors/<digest>.zarr, neighbours/<digest>.zarr and catalog/items.parquet; and the map that was shown before, if there is one.
Colour needs the shards of images/ too.
Makes layouts/<kind>/<digest>.zarr: umap (or positions of one's own), jitter and grid of each model, and what plan.arranged lists.
"""


rule umap:
    input:
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('map', wildcards.digest).vectors}.zarr/stamp.json"
        ),
        neighbours=ancient(
            lambda wildcards: f"neighbours/{plan().branch('map', wildcards.digest).neighbours}.zarr/stamp.json"
        ),
        former=ancient(
            lambda wildcards: plan().branch("map", wildcards.digest).map_former
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
            --former {input.former:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule positions:
    input:
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


rule jitter:
    input:
        map=ancient(
            lambda wildcards: f"{plan().branch('jitter', wildcards.digest).map_path}/stamp.json"
        ),
    output:
        stamp="layouts/jitter/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/jitter/{digest}.log",
    benchmark:
        "benchmarks/layouts/jitter/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        map=lambda wildcards, input: Path(input.map).parent,
        fill=SPEC.jitter.fill,
        farthest=SPEC.jitter.farthest,
        out="layouts/jitter/{digest}.zarr",
    shell:
        """
        pixplot step layouts jitter \
            --map {params.map:q} \
            --fill {params.fill:q} \
            --farthest {params.farthest:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule date:
    input:
        vectors=ancient(planned("first_vectors_stamp")),
    output:
        stamp="layouts/date/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/date/{digest}.log",
    benchmark:
        "benchmarks/layouts/date/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        by=lambda wildcards: columns_of(wildcards.digest),
        unit=lambda wildcards: plan().arrangement(wildcards.digest).unit,
        aspect=SPEC.date.aspect,
        out="layouts/date/{digest}.zarr",
    shell:
        """
        pixplot step layouts date \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --by {params.by:q} \
            --unit {params.unit} \
            --aspect {params.aspect:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule category:
    input:
        vectors=ancient(planned("first_vectors_stamp")),
    output:
        stamp="layouts/category/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/category/{digest}.log",
    benchmark:
        "benchmarks/layouts/category/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        by=lambda wildcards: columns_of(wildcards.digest),
        aspect=SPEC.category.aspect,
        out="layouts/category/{digest}.zarr",
    shell:
        """
        pixplot step layouts category \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --by {params.by:q} \
            --aspect {params.aspect:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule geographic:
    input:
        vectors=ancient(planned("first_vectors_stamp")),
    output:
        stamp="layouts/geographic/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/geographic/{digest}.log",
    benchmark:
        "benchmarks/layouts/geographic/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        by=lambda wildcards: columns_of(wildcards.digest),
        outlines=SPEC.geographic.paths,
        out="layouts/geographic/{digest}.zarr",
    shell:
        """
        pixplot step layouts geographic \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --by {params.by:q} \
            --outlines {params.outlines:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule axes:
    input:
        vectors=ancient(planned("first_vectors_stamp")),
    output:
        stamp="layouts/axes/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/axes/{digest}.log",
    benchmark:
        "benchmarks/layouts/axes/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        by=lambda wildcards: columns_of(wildcards.digest),
        out="layouts/axes/{digest}.zarr",
    shell:
        """
        pixplot step layouts axes \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --by {params.by:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule custom:
    input:
        vectors=ancient(planned("first_vectors_stamp")),
    output:
        stamp="layouts/custom/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/custom/{digest}.log",
    benchmark:
        "benchmarks/layouts/custom/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        by=lambda wildcards: columns_of(wildcards.digest),
        out="layouts/custom/{digest}.zarr",
    shell:
        """
        pixplot step layouts custom \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --by {params.by:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule colour:
    input:
        vectors=ancient(planned("first_vectors_stamp")),
        images=ancient(planned("images_stamps")),
    output:
        stamp="layouts/colour/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/colour/{digest}.log",
    benchmark:
        "benchmarks/layouts/colour/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        images=lambda wildcards: f"images/{plan().ingest}",
        order=lambda wildcards: plan().arrangement(wildcards.digest).unit,
        aspect=SPEC.colour.aspect,
        out="layouts/colour/{digest}.zarr",
    shell:
        """
        pixplot step layouts colour \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --images {params.images:q} \
            --order {params.order} \
            --aspect {params.aspect:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule alphabetical:
    input:
        vectors=ancient(planned("first_vectors_stamp")),
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
        by=lambda wildcards: columns_of(wildcards.digest),
        aspect=SPEC.alphabetical.aspect,
        out="layouts/alphabetical/{digest}.zarr",
    shell:
        """
        pixplot step layouts alphabetical \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --by {params.by:q} \
            --aspect {params.aspect:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
