"""Hotspots: dense regions of the map.

Needs vectors/<digest>.zarr and layouts/umap/<digest>.zarr.
Makes hotspots/<digest>.zarr.
"""


rule hotspots:
    input:
        vectors=ancient(lambda wildcards: f"vectors/{plan().vectors}.zarr/stamp.json"),
        umap=ancient(lambda wildcards: f"layouts/umap/{plan().umap}.zarr/stamp.json"),
    output:
        stamp="hotspots/{digest}.zarr/stamp.json",
    log:
        "logs/hotspots/{digest}.log",
    benchmark:
        "benchmarks/hotspots/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("hotspots"),
        runtime=minutes("hotspots"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        umap=lambda wildcards, input: Path(input.umap).parent,
        min_cluster_size=SPEC.hotspots.min_cluster_size,
        max_clusters=SPEC.hotspots.max_clusters,
        out="hotspots/{digest}.zarr",
    shell:
        """
        pixplot step hotspots \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --map {params.umap:q} \
            --layout-name umap \
            --min-cluster-size {params.min_cluster_size:q} \
            --max-clusters {params.max_clusters:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
