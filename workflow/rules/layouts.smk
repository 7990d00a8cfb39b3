"""Layouts: a place for every item, in several ways.

Needs vectors/<digest>.zarr, neighbours/<digest>.zarr and catalog/items.parquet; and the map that was shown before, if there is one.
Colour needs the shards of images/ too.
Makes layouts/<kind>/<digest>.zarr: umap (or positions of one's own), space, tsne, jitter, grid and similarity of each model, and what plan.arranged lists.
"""


rule umap:
    """Lay out the map, from the one that was shown before; measure its quality."""
    input:
        catalog=ancient("catalog/stamp.json"),
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
        labels=lambda wildcards: labels(),
        label_weight=SPEC.label_weight,
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
            --labels {params.labels:q} \
            --label-weight {params.label_weight:q} \
            --seed {params.seed:q} \
            --reproducible {params.reproducible:q} \
            --former {input.former:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule variants:
    """Lay out the map by other parameters, from the map."""
    input:
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('variants', wildcards.digest).vectors}.zarr/stamp.json"
        ),
        neighbours=ancient(
            lambda wildcards: f"neighbours/{plan().branch('variants', wildcards.digest).neighbours}.zarr/stamp.json"
        ),
        map=ancient(
            lambda wildcards: f"{plan().branch('variants', wildcards.digest).map_path}/stamp.json"
        ),
    output:
        stamp="layouts/variants/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/variants/{digest}.log",
    benchmark:
        "benchmarks/layouts/variants/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        neighbours=lambda wildcards, input: Path(input.neighbours).parent,
        map=lambda wildcards, input: Path(input.map).parent,
        wanted=[
            json.dumps(planning.spec.parameters(one))
            for one in (SPEC.umap, *SPEC.variants)
        ],
        labels=lambda wildcards: labels(),
        label_weight=SPEC.label_weight,
        seed=SPEC.seed,
        reproducible=str(SPEC.reproducible).lower(),
        out="layouts/variants/{digest}.zarr",
    shell:
        """
        pixplot step layouts variants \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --neighbours {params.neighbours:q} \
            --map {params.map:q} \
            --wanted {params.wanted:q} \
            --labels {params.labels:q} \
            --label-weight {params.label_weight:q} \
            --seed {params.seed:q} \
            --reproducible {params.reproducible:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule positions:
    """Take positions of one's own as the map."""
    input:
        catalog=ancient("catalog/stamp.json"),
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('map', wildcards.digest).vectors}.zarr/stamp.json"
        ),
        neighbours=ancient(
            lambda wildcards: f"neighbours/{plan().branch('map', wildcards.digest).neighbours}.zarr/stamp.json"
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
        neighbours=lambda wildcards, input: Path(input.neighbours).parent,
        file=literally(SPEC.positions.path),
        metric=SPEC.neighbours.metric,
        out="layouts/positions/{digest}.zarr",
    shell:
        """
        pixplot step layouts positions \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --neighbours {params.neighbours:q} \
            --file {params.file:q} \
            --metric {params.metric:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule space:
    """Lay out the pictures in more than two dimensions."""
    input:
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().space(wildcards.digest)[0].vectors}.zarr/stamp.json"
        ),
        neighbours=ancient(
            lambda wildcards: f"neighbours/{plan().space(wildcards.digest)[0].neighbours}.zarr/stamp.json"
        ),
    output:
        stamp="layouts/space/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/space/{digest}.log",
    benchmark:
        "benchmarks/layouts/space/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        neighbours=lambda wildcards, input: Path(input.neighbours).parent,
        components=lambda wildcards: plan().space(wildcards.digest)[1],
        n_neighbors=SPEC.umap.n_neighbors,
        min_dist=lambda wildcards: plan()
        .space_umap(plan().space(wildcards.digest)[1])
        .min_dist,
        epochs=SPEC.umap.epochs,
        seed=SPEC.seed,
        reproducible=str(SPEC.reproducible).lower(),
        out="layouts/space/{digest}.zarr",
    shell:
        """
        pixplot step layouts space \
            --vectors {params.vectors:q} \
            --neighbours {params.neighbours:q} \
            --components {params.components:q} \
            --n-neighbors {params.n_neighbors:q} \
            --min-dist {params.min_dist:q} \
            --epochs {params.epochs:q} \
            --seed {params.seed:q} \
            --reproducible {params.reproducible:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule tsne:
    """Lay out the map by t-SNE, on the same graph."""
    input:
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().tsne(wildcards.digest)[0].vectors}.zarr/stamp.json"
        ),
        neighbours=ancient(
            lambda wildcards: f"neighbours/{plan().tsne(wildcards.digest)[0].neighbours}.zarr/stamp.json"
        ),
    output:
        stamp="layouts/tsne/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/tsne/{digest}.log",
    benchmark:
        "benchmarks/layouts/tsne/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        neighbours=lambda wildcards, input: Path(input.neighbours).parent,
        perplexity=lambda wildcards: plan().tsne(wildcards.digest)[1],
        components=SPEC.tsne.components,
        seed=SPEC.seed,
        reproducible=str(SPEC.reproducible).lower(),
        out="layouts/tsne/{digest}.zarr",
    shell:
        """
        pixplot step layouts tsne \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --neighbours {params.neighbours:q} \
            --perplexity {params.perplexity:q} \
            --components {params.components:q} \
            --seed {params.seed:q} \
            --reproducible {params.reproducible:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule grid:
    """Turn the map into a grid, as a rectangle or in another shape."""
    input:
        map=ancient(
            lambda wildcards: f"{plan().branch('grid', wildcards.digest).map_path}/stamp.json"
        ),
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('grid', wildcards.digest).vectors}.zarr/stamp.json"
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
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        metric=SPEC.neighbours.metric,
        aspect=SPEC.grid.aspect,
        mask=literally(SPEC.grid.path or SPEC.grid.mask),
        out="layouts/grid/{digest}.zarr",
    shell:
        """
        pixplot step layouts grid \
            --map {params.map:q} \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --metric {params.metric:q} \
            --aspect {params.aspect:q} \
            --mask {params.mask:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule similarity:
    """Sort the pictures into a grid by their vectors, not by a map."""
    input:
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('similarity', wildcards.digest).vectors}.zarr/stamp.json"
        ),
    output:
        stamp="layouts/similarity/{digest}.zarr/stamp.json",
    log:
        "logs/layouts/similarity/{digest}.log",
    benchmark:
        "benchmarks/layouts/similarity/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("layouts"),
        runtime=minutes("layouts"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        metric=SPEC.neighbours.metric,
        aspect=SPEC.similarity.aspect,
        decay=SPEC.similarity.decay,
        seed=SPEC.seed,
        out="layouts/similarity/{digest}.zarr",
    shell:
        """
        pixplot step layouts similarity \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --metric {params.metric:q} \
            --aspect {params.aspect:q} \
            --decay {params.decay:q} \
            --seed {params.seed:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule jitter:
    """Give each picture of the map a cell of its own, so that none overlap."""
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
    """Columns of years, decades or centuries."""
    input:
        catalog=ancient("catalog/stamp.json"),
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
        captions=literally(SPEC.date.paths),
        out="layouts/date/{digest}.zarr",
    shell:
        """
        pixplot step layouts date \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --by {params.by:q} \
            --unit {params.unit} \
            --aspect {params.aspect:q} \
            --captions {params.captions:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule category:
    """A box for each value of a column."""
    input:
        catalog=ancient("catalog/stamp.json"),
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
    """Where the pictures were made, with coasts and outlines."""
    input:
        catalog=ancient("catalog/stamp.json"),
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
        outlines=literally(SPEC.geographic.paths),
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
    """One column of numbers across, one up."""
    input:
        catalog=ancient("catalog/stamp.json"),
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
    """The metadata's own places."""
    input:
        catalog=ancient("catalog/stamp.json"),
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
    """A field of hues, or from light to dark."""
    input:
        catalog=ancient("catalog/stamp.json"),
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
    """A column in alphabetical order, or by path."""
    input:
        catalog=ancient("catalog/stamp.json"),
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
