"""Features: one vector per image of a shard, for each model.

Needs images/<ingest>/<shard>.zarr.
Makes models/<digest>, a model ready to run; calibrated/<digest>, the same in 8 bits where that is wanted; and
features/<model>/<shard>.zarr. Another model fills another folder; the old one stays.
"""


rule model:
    """Make a model ready to run."""
    output:
        stamp="models/{digest}/stamp.json",
    log:
        "logs/features/model/{digest}.log",
    benchmark:
        "benchmarks/features/model/{digest}.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory("model"),
        runtime=minutes("model"),
    params:
        model=lambda wildcards: plan().branch("prepared", wildcards.digest).model.text,
        out="models/{digest}",
    shell:
        """
        pixplot step features prepare \
            --model {params.model:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule calibrate:
    """Make the same network in 8 bits, in the ranges that a sample of the pictures takes."""
    input:
        images=ancient(planned("calibration_stamps")),
        prepared=ancient(
            lambda wildcards: plan()
            .branch("calibrated", wildcards.digest)
            .prepared_stamps
        ),
    output:
        stamp="calibrated/{digest}/stamp.json",
    log:
        "logs/features/calibrate/{digest}.log",
    benchmark:
        "benchmarks/features/calibrate/{digest}.tsv"
    wildcard_constraints:
        digest=not_there("calibrated"),
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=memory("model"),
        runtime=minutes("model"),
    params:
        images=lambda wildcards, input: [Path(stamp).parent for stamp in input.images],
        prepared=lambda wildcards, input: Path(input.prepared[0]).parent,
        model=lambda wildcards: plan().branch("calibrated", wildcards.digest).model.text,
        out="calibrated/{digest}",
    shell:
        """
        pixplot step features calibrate \
            --images {params.images:q} \
            --prepared {params.prepared:q} \
            --model {params.model:q} \
            --threads {threads} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule features:
    """Describe each picture of a shard by a model: one vector each."""
    input:
        catalog=ancient("catalog/stamp.json"),
        images=ancient(
            lambda wildcards: f"images/{plan().ingest}/{wildcards.shard}.zarr/stamp.json"
        ),
        prepared=ancient(
            lambda wildcards: plan().branch("features", wildcards.model).ready_stamps
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
        prepared=lambda wildcards, input: [
            Path(stamp).parent for stamp in input.prepared
        ],
        model=lambda wildcards: plan().branch("features", wildcards.model).model.text,
        out="features/{model}/{shard}.zarr",
    shell:
        """
        pixplot step features describe \
            --images {params.images:q} \
            --catalog catalog \
            --shard {wildcards.shard:q} \
            --prepared {params.prepared:q} \
            --model {params.model:q} \
            --threads {threads} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
