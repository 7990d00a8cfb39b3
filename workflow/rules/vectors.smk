"""Vectors: all features together, reduced by exact principal components.

Needs all shards of images/<ingest> and features/<model>, and catalog/items.parquet. Pictures are shown where every model describes
them, so the shards of the other models' features are needed too.
Makes vectors/<digest>.zarr. Its one large array is the sum of Gram matrices, so memory grows with the features' length squared,
and by one row of components per image.
"""


rule vectors:
    """Reduce all features of a model to principal components, exactly, shard by shard."""
    input:
        catalog=ancient("catalog/stamp.json"),
        images=ancient(planned("images_stamps")),
        features=ancient(planned("all_features_stamps")),
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
        features=lambda wildcards: f"features/{plan().branch('vectors', wildcards.digest).features}",
        others=lambda wildcards: [
            f"features/{branch.features}"
            for branch in plan().branches
            if branch.vectors != wildcards.digest
        ],
        components=SPEC.vectors.components,
        whiten=str(SPEC.vectors.whiten).lower(),
        out="vectors/{digest}.zarr",
    shell:
        """
        pixplot step vectors \
            --catalog catalog \
            --images {params.images:q} \
            --features {params.features:q} \
            --others {params.others:q} \
            --components {params.components:q} \
            --whiten {params.whiten:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
