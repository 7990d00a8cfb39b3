"""Deep zoom: grids of pictures, each as one large picture in tiles, and as a single file.

Needs vectors/<digest>.zarr of the first model, the grid, and all shards of images/<ingest>.
Makes deepzoom/<digest>/plan.zarr, then tiles/<part>.zarr, one job for each part of the picture, then top.zarr; and <mosaic>/.
"""


rule deepzoom_plan:
    """Say which picture lies in which cell of a grid."""
    input:
        catalog=ancient("catalog/stamp.json"),
        vectors=ancient(planned("first_vectors_stamp")),
        layout=ancient(lambda wildcards: f"{deepzoom(wildcards).path}/stamp.json"),
    output:
        stamp="deepzoom/{digest}/plan.zarr/stamp.json",
    log:
        "logs/deepzoom/{digest}/plan.log",
    benchmark:
        "benchmarks/deepzoom/{digest}/plan.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("deepzoom"),
        runtime=minutes("deepzoom"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        layout=lambda wildcards, input: Path(input.layout).parent,
        name=lambda wildcards: deepzoom(wildcards).layout,
        out="deepzoom/{digest}/plan.zarr",
    shell:
        """
        pixplot step deepzoom plan \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --layout {params.layout:q} \
            --name={params.name:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule deepzoom_tiles:
    """Draw the tiles of a part of the grid."""
    input:
        plan=ancient("deepzoom/{digest}/plan.zarr/stamp.json"),
        images=ancient(planned("images_stamps")),
    output:
        stamp="deepzoom/{digest}/tiles/{group}.zarr/stamp.json",
    log:
        "logs/deepzoom/{digest}/tiles-{group}.log",
    benchmark:
        "benchmarks/deepzoom/{digest}/tiles-{group}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("deepzoom"),
        runtime=minutes("deepzoom"),
    params:
        plan=lambda wildcards, input: Path(input.plan).parent,
        images=lambda wildcards: f"images/{plan().ingest}",
        groups=lambda wildcards: len(deepzoom(wildcards).tiles),
        cell=SPEC.deepzoom.cell,
        tile=SPEC.deepzoom.tile,
        quality=SPEC.deepzoom.quality,
        ground=SPEC.ingest.ground,
        fit=SPEC.deepzoom.fit,
        out="deepzoom/{digest}/tiles/{group}.zarr",
    shell:
        """
        pixplot step deepzoom tiles \
            --plan {params.plan:q} \
            --images {params.images:q} \
            --group {wildcards.group:q} \
            --groups {params.groups:q} \
            --cell {params.cell:q} \
            --tile {params.tile:q} \
            --quality {params.quality:q} \
            --ground {params.ground:q} \
            --fit {params.fit:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule deepzoom_top:
    """Draw the tiles that show several parts."""
    input:
        plan=ancient("deepzoom/{digest}/plan.zarr/stamp.json"),
        tiles=ancient(
            lambda wildcards: [
                f"{path}/stamp.json" for path in deepzoom(wildcards).tiles
            ]
        ),
    output:
        stamp="deepzoom/{digest}/top.zarr/stamp.json",
    log:
        "logs/deepzoom/{digest}/top.log",
    benchmark:
        "benchmarks/deepzoom/{digest}/top.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("deepzoom"),
        runtime=minutes("deepzoom"),
    params:
        plan=lambda wildcards, input: Path(input.plan).parent,
        tiles=lambda wildcards, input: [Path(stamp).parent for stamp in input.tiles],
        cell=SPEC.deepzoom.cell,
        tile=SPEC.deepzoom.tile,
        quality=SPEC.deepzoom.quality,
        out="deepzoom/{digest}/top.zarr",
    shell:
        """
        pixplot step deepzoom top \
            --plan {params.plan:q} \
            --tiles {params.tiles:q} \
            --cell {params.cell:q} \
            --tile {params.tile:q} \
            --quality {params.quality:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule deepzoom_mosaic:
    """Draw the whole grid into one file."""
    input:
        plan=ancient("deepzoom/{digest}/plan.zarr/stamp.json"),
        images=ancient(planned("images_stamps")),
    output:
        stamp="deepzoom/{digest}/{mosaic}/stamp.json",
    log:
        "logs/deepzoom/{digest}/{mosaic}.log",
    benchmark:
        "benchmarks/deepzoom/{digest}/{mosaic}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("mosaic"),
        runtime=minutes("mosaic"),
    params:
        plan=lambda wildcards, input: Path(input.plan).parent,
        images=lambda wildcards: f"images/{plan().ingest}",
        format=SPEC.deepzoom.mosaic,
        cell=SPEC.deepzoom.mosaic_cell,
        quality=SPEC.deepzoom.quality,
        ground=SPEC.ingest.ground,
        fit=SPEC.deepzoom.fit,
        out="deepzoom/{digest}/{mosaic}",
    shell:
        """
        pixplot step deepzoom mosaic \
            --plan {params.plan:q} \
            --images {params.images:q} \
            --format {params.format:q} \
            --cell {params.cell:q} \
            --quality {params.quality:q} \
            --ground {params.ground:q} \
            --fit {params.fit:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
