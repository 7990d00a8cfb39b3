"""Hotspots: dense regions of the map, and their names.

Needs vectors/<digest>.zarr and the map, layouts/umap/<digest>.zarr or layouts/positions/<digest>.zarr, or layouts/space/<digest>.zarr; and the hotspots shown before.
Makes hotspots/<digest>.zarr, and hotspots/names/<digest>, so that other metadata gives other names without another search. Where a
person arranged them, hotspots/edited/<digest> too.
"""


rule hotspots:
    """Find the dense places of the map, each with its most central picture and its outline."""
    input:
        catalog=ancient("catalog/stamp.json"),
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('hotspots', wildcards.digest).vectors}.zarr/stamp.json"
        ),
        map=ancient(
            lambda wildcards: f"{plan().branch('hotspots', wildcards.digest).map_path}/stamp.json"
        ),
        space=ancient(
            lambda wildcards: plan()
            .branch("hotspots", wildcards.digest)
            .hotspots_space
        ),
        former=ancient(
            lambda wildcards: plan()
            .branch("hotspots", wildcards.digest)
            .hotspots_former
        ),
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
        map=lambda wildcards, input: Path(input.map).parent,
        space=lambda wildcards, input: [Path(stamp).parent for stamp in input.space],
        layout=lambda wildcards: plan().branch("hotspots", wildcards.digest).layout,
        clusters=lambda wildcards: plan().branch("hotspots", wildcards.digest).clusters,
        method=SPEC.hotspots.method,
        n_clusters=SPEC.hotspots.n_clusters,
        seed=SPEC.seed,
        min_cluster_size=SPEC.hotspots.min_cluster_size,
        max_clusters=SPEC.hotspots.max_clusters,
        out="hotspots/{digest}.zarr",
    shell:
        """
        pixplot step hotspots find \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --map {params.map:q} \
            --space {params.space:q} \
            --layout-name {params.layout:q} \
            --clusters {params.clusters:q} \
            --method {params.method:q} \
            --n-clusters {params.n_clusters:q} \
            --seed {params.seed:q} \
            --min-cluster-size {params.min_cluster_size:q} \
            --max-clusters {params.max_clusters:q} \
            --former {input.former:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule names:
    """Name the hotspots by the metadata of their members."""
    input:
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('names', wildcards.digest).vectors}.zarr/stamp.json"
        ),
        hotspots=ancient(
            lambda wildcards: f"hotspots/{plan().branch('names', wildcards.digest).hotspots}.zarr/stamp.json"
        ),
    output:
        stamp="hotspots/names/{digest}/stamp.json",
    log:
        "logs/hotspots/names/{digest}.log",
    benchmark:
        "benchmarks/hotspots/names/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("hotspots"),
        runtime=minutes("hotspots"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        hotspots=lambda wildcards, input: Path(input.hotspots).parent,
        by=lambda wildcards: json.dumps(plan().naming, ensure_ascii=False),
        out="hotspots/names/{digest}",
    shell:
        """
        pixplot step hotspots name \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --hotspots {params.hotspots:q} \
            --by {params.by:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule edited:
    """Apply what a person made of the hotspots."""
    input:
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branch('edited', wildcards.digest).vectors}.zarr/stamp.json"
        ),
        map=ancient(
            lambda wildcards: f"{plan().branch('edited', wildcards.digest).map_path}/stamp.json"
        ),
        hotspots=ancient(
            lambda wildcards: f"hotspots/{plan().branch('edited', wildcards.digest).hotspots}.zarr/stamp.json"
        ),
        names=ancient(
            lambda wildcards: f"hotspots/names/{plan().branch('edited', wildcards.digest).names}/stamp.json"
        ),
    output:
        stamp="hotspots/edited/{digest}/stamp.json",
    log:
        "logs/hotspots/edited/{digest}.log",
    benchmark:
        "benchmarks/hotspots/edited/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("hotspots"),
        runtime=minutes("hotspots"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        map=lambda wildcards, input: Path(input.map).parent,
        hotspots=lambda wildcards, input: Path(input.hotspots).parent,
        names=lambda wildcards, input: Path(input.names).parent,
        file=literally(SPEC.edited.path),
        out="hotspots/edited/{digest}",
    shell:
        """
        pixplot step hotspots edit \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --map {params.map:q} \
            --hotspots {params.hotspots:q} \
            --names {params.names:q} \
            --file {params.file:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
