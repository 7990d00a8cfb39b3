"""Catalogue: what there is.

Needs the pictures and the metadata of the configuration, and fetched/ where there are manifests.
Makes catalog/: plan.json, items.parquet, problems.parquet, shards/<shard>.parquet;
and ledger/, which later runs read: the shards so far, and the files whose bytes are known.
"""


checkpoint catalog:
    """List the pictures, join the metadata, and put new images into new shards."""
    input:
        # Not ancient: what came from servers is listed when it was fetched again.
        fetched=[FETCHED] if SPEC.manifests else [],
    output:
        plan="catalog/plan.json",
        stamp="catalog/stamp.json",
    log:
        "logs/catalog/catalog.log",
    benchmark:
        "benchmarks/catalog/catalog.tsv"
    conda:
        "../../environment.yml"
    threads: 4
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        images=literally(SPEC.images),
        fetched=lambda wildcards, input: [Path(stamp).parent for stamp in input.fetched],
        metadata=literally(SPEC.metadata),
        most=SPEC.catalog.max_images or 0,
        sample=str(SPEC.catalog.shuffle).lower(),
        seed=SPEC.seed if SPEC.catalog.shuffle else 0,
        pages=SPEC.catalog.pages,
        key=literally(SPEC.catalog.key),
        encoding=literally(SPEC.catalog.encoding),
        without_row=SPEC.catalog.without_row,
        columns=literally(json.dumps(SPEC.catalog.columns, ensure_ascii=False)),
        shard_size=SPEC.catalog.shard_size,
        fingerprint=fingerprint,
        merges=lambda wildcards: ledger.merges(ledger.MERGES),
        version=planning.spec.VERSIONS["catalog"],
    shell:
        """
        pixplot step catalog \
            --images {params.images:q} \
            --fetched {params.fetched:q} \
            --cache cache \
            --metadata {params.metadata:q} \
            --max-images {params.most:q} \
            --shuffle {params.sample:q} \
            --seed {params.seed:q} \
            --pages {params.pages:q} \
            --key={params.key:q} \
            --encoding {params.encoding:q} \
            --without-row {params.without_row:q} \
            --columns {params.columns:q} \
            --shard-size {params.shard_size:q} \
            --ledger ledger \
            --images-made images \
            --features-made features \
            --fingerprint {params.fingerprint:q} \
            --threads {threads} \
            --out catalog \
            2>&1 | tee {log:q}
        : version {params.version} after {params.merges} merges
        """
