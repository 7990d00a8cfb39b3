"""Fetch: brings what lies on IIIF servers here.

Needs the manifests of the configuration, and the network. One job asks all servers, so that their limits hold for the whole run.
Makes fetched/: items.parquet, problems.parquet; cache/, the bytes by their digest; and ledger/fetch.sqlite, which says from where they are.
"""


rule fetch:
    """Bring what lies on IIIF servers here; one job asks all servers, so that their limits hold."""
    output:
        stamp=FETCHED,
    log:
        "logs/fetch/fetch.log",
    benchmark:
        "benchmarks/fetch/fetch.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=planning.memory("fetch", 0),
        runtime=planning.minutes("fetch", 0),
    params:
        manifests=literally(SPEC.manifests),
        listed=listed_manifests,
        contact=literally(SPEC.fetch.contact),
        canvases=SPEC.fetch.canvases,
        language=literally(SPEC.fetch.language),
        side=planning.side_wanted(SPEC),
        info=SPEC.fetch.info,
        per_minute=SPEC.fetch.per_minute,
        concurrency=SPEC.fetch.concurrency,
        hosts=literally(json.dumps(SPEC.fetch.hosts, sort_keys=True)),
        cool_down=SPEC.fetch.cool_down,
        longest_wait=SPEC.fetch.longest_wait,
        retries=SPEC.fetch.retries,
        timeout=SPEC.fetch.timeout,
        max_mib=SPEC.fetch.max_mib,
        max_failures=SPEC.fetch.max_failures,
        private_addresses=json.dumps(SPEC.fetch.private_addresses),
        refresh=json.dumps(SPEC.fetch.refresh),
        attempt=attempt,
        fetching=fetching,
    shell:
        """
        pixplot step fetch \
            --manifests {params.manifests:q} \
            --contact={params.contact:q} \
            --canvases {params.canvases:q} \
            --language={params.language:q} \
            --side {params.side:q} \
            --info {params.info:q} \
            --per-minute {params.per_minute:q} \
            --concurrency {params.concurrency:q} \
            --hosts {params.hosts:q} \
            --cool-down {params.cool_down:q} \
            --longest-wait {params.longest_wait:q} \
            --retries {params.retries:q} \
            --timeout {params.timeout:q} \
            --max-mib {params.max_mib:q} \
            --max-failures {params.max_failures:q} \
            --private-addresses {params.private_addresses:q} \
            --refresh {params.refresh:q} \
            --attempt {params.attempt:q} \
            --cache cache \
            --index ledger/fetch.sqlite \
            --out fetched \
            2>&1 | tee {log:q}
        : made for {params.fetching:q} from {params.listed}
        """
