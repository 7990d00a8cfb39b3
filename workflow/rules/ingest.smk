"""Ingest: each picture of a shard decoded once.

Needs catalog/shards/<shard>.parquet and the picture files it names.
Makes images/<ingest>/<shard>.zarr: thumbnails, squares for networks, sizes, mean colours, the panel's pictures, and problems.parquet.
"""


rule ingest:
    """Decode each picture of a shard once: thumbnails, squares for networks, size, mean colour, perceptual digest."""
    input:
        # Some of the parameters are known from the plan, which a job on another machine reads anew.
        plan=ancient("catalog/plan.json"),
        catalog=ancient("catalog/stamp.json"),
    output:
        stamp="images/{ingest}/{shard}.zarr/stamp.json",
    log:
        "logs/ingest/{ingest}/{shard}.log",
    benchmark:
        "benchmarks/ingest/{ingest}/{shard}.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory("ingest"),
        runtime=minutes("ingest"),
    params:
        shard="catalog/shards/{shard}.parquet",
        out="images/{ingest}/{shard}.zarr",
        thumbnail=SPEC.ingest.thumbnail,
        picture=SPEC.ingest.picture,
        picture_quality=SPEC.ingest.picture_quality,
        ground=SPEC.ingest.ground,
        min_size=SPEC.ingest.min_size,
        max_megapixels=SPEC.ingest.max_megapixels,
        squares=planned("sides"),
        aspect=SPEC.features.aspect,
    shell:
        """
        pixplot step ingest \
            --shard {params.shard:q} \
            --thumbnail {params.thumbnail:q} \
            --picture {params.picture:q} \
            --picture-quality {params.picture_quality:q} \
            --ground {params.ground:q} \
            --min-size {params.min_size:q} \
            --max-megapixels {params.max_megapixels:q} \
            --squares {params.squares:q} \
            --aspect {params.aspect:q} \
            --threads {threads} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
