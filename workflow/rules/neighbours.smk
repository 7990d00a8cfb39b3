"""Neighbours: the one graph of nearest neighbours.

Needs vectors/<digest>.zarr.
Makes neighbours/<digest>.zarr.
"""


rule neighbours:
    """Find the nearest neighbours of each picture: one graph, for the map and for its quality."""
    input:
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('neighbours', wildcards.digest).vectors}.zarr/stamp.json"
        ),
    output:
        stamp="neighbours/{digest}.zarr/stamp.json",
    log:
        "logs/neighbours/{digest}.log",
    benchmark:
        "benchmarks/neighbours/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory("neighbours"),
        runtime=minutes("neighbours"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        neighbours=SPEC.neighbours.count,
        metric=SPEC.neighbours.metric,
        exact_below=SPEC.neighbours.exact_below,
        seed=SPEC.seed,
        reproducible=str(SPEC.reproducible).lower(),
        out="neighbours/{digest}.zarr",
    shell:
        """
        pixplot step neighbours \
            --vectors {params.vectors:q} \
            --count {params.neighbours:q} \
            --metric {params.metric:q} \
            --exact-below {params.exact_below:q} \
            --seed {params.seed:q} \
            --reproducible {params.reproducible:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
