"""Vectors: all features together, reduced by exact principal components.

Needs all shards of images/<ingest> and features/<model>, and catalog/items.parquet.
Makes vectors/<digest>.zarr. Its one large array is the sum of Gram matrices, so memory grows with the features' length squared,
and by one row of components per image.
"""


rule vectors:
    input:
        images=ancient(planned("images_stamps")),
        features=ancient(planned("features_stamps")),
    output:
        stamp="vectors/{digest}.zarr/stamp.json",
    log:
        "logs/vectors/{digest}.log",
    benchmark:
        "benchmarks/vectors/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory("vectors"),
        runtime=minutes("vectors"),
    params:
        images=lambda wildcards: f"images/{plan().ingest}",
        features=lambda wildcards: f"features/{plan().model}",
        components=SPEC.vectors.components,
        out="vectors/{digest}.zarr",
    shell:
        """
        pixplot step vectors \
            --catalog catalog \
            --images {params.images:q} \
            --features {params.features:q} \
            --components {params.components:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
