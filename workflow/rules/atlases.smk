"""Atlases: texture pages in the spatial order of the map.

Needs vectors/<digest>.zarr and the map of the first model, and all shards of images/<ingest>; and the atlas shown before.
Makes atlases/<digest>/plan.zarr, then atlases/<digest>/pages/<group>/, one job for each group of pages.
"""


rule atlas_plan:
    """Give every image its slot in the atlas, in the spatial order of the map."""
    input:
        catalog=ancient("catalog/stamp.json"),
        vectors=ancient(
            lambda wildcards: f"vectors/{plan().branches[0].vectors}.zarr/stamp.json"
        ),
        map=ancient(lambda wildcards: f"{plan().branches[0].map_path}/stamp.json"),
        former=ancient(planned("atlases_former")),
    output:
        stamp="atlases/{digest}/plan.zarr/stamp.json",
    log:
        "logs/atlases/{digest}/plan.log",
    benchmark:
        "benchmarks/atlases/{digest}/plan.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("atlases"),
        runtime=minutes("atlases"),
    params:
        vectors=lambda wildcards, input: Path(input.vectors).parent,
        map=lambda wildcards, input: Path(input.map).parent,
        page=SPEC.atlases.page,
        cell=SPEC.atlases.cell,
        budget_mib=SPEC.atlases.budget_mib,
        levels=list(SPEC.atlases.levels),
        format=SPEC.atlases.format,
        quality=SPEC.atlases.quality,
        out="atlases/{digest}/plan.zarr",
    shell:
        """
        pixplot step atlases plan \
            --catalog catalog \
            --vectors {params.vectors:q} \
            --map {params.map:q} \
            --page {params.page:q} \
            --cell {params.cell:q} \
            --budget-mib {params.budget_mib:q} \
            --levels {params.levels:q} \
            --format {params.format:q} \
            --quality {params.quality:q} \
            --former {input.former:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """


rule atlas_pages:
    """Draw the texture pages of a range of slots, on all levels."""
    input:
        plan=ancient("atlases/{digest}/plan.zarr/stamp.json"),
        images=ancient(planned("images_stamps")),
    output:
        stamp="atlases/{digest}/pages/{group}/stamp.json",
    log:
        "logs/atlases/{digest}/{group}.log",
    benchmark:
        "benchmarks/atlases/{digest}/{group}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("atlases"),
        runtime=minutes("atlases"),
    params:
        plan=lambda wildcards, input: Path(input.plan).parent,
        images=lambda wildcards: f"images/{plan().ingest}",
        pages_per_job=SPEC.atlases.pages_per_job,
        ground=SPEC.ingest.ground,
        out="atlases/{digest}/pages/{group}",
    shell:
        """
        pixplot step atlases pages \
            --plan {params.plan:q} \
            --images {params.images:q} \
            --group {wildcards.group:q} \
            --pages-per-job {params.pages_per_job:q} \
            --ground {params.ground:q} \
            --out {params.out:q} \
            2>&1 | tee {log:q}
        """
