"""Features: one vector per image of a shard.

Needs images/<ingest>/<shard>.zarr.
Makes features/<model>/<shard>.zarr. Another model fills another folder; the old one stays.
"""


rule features:
    input:
        images=ancient(
            lambda wildcards: f"images/{plan().ingest}/{wildcards.shard}.zarr/stamp.json"
        ),
    output:
        stamp="features/{model}/{shard}.zarr/stamp.json",
    log:
        "logs/features/{model}/{shard}.log",
    benchmark:
        "benchmarks/features/{model}/{shard}.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory("features"),
        runtime=minutes("features"),
    params:
        images=lambda wildcards, input: Path(input.images).parent,
        out="features/{model}/{shard}.zarr",
        model=SPEC.features.model,
    shell:
        """
        pixplot step features \
            --images {params.images:q} \
            --model {params.model:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
