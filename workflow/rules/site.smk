"""Site: a folder that any static host can serve.

Needs everything above, catalog/ and the built viewer.
Makes site/, and problems.parquet, which lists what was left out or repaired; and report/, which `snakemake --report` shows. Its manifest is written last, and stays in place until then: visitors never see half a site.
"""


rule site:
    """Write the site: table, arrays, pages and manifest beside the built viewer; and the list of all problems."""
    input:
        catalog=ancient("catalog/stamp.json"),
        images=ancient(planned("images_stamps")),
        layouts=ancient(planned("layouts_stamps")),
        spaces=ancient(planned("spaces_stamps")),
        vectors=ancient(planned("vectors_stamps")),
        neighbours=ancient(planned("neighbours_stamps")),
        hotspots=ancient(planned("hotspots_stamps")),
        names=ancient(planned("names_stamps")),
        edited=ancient(planned("edited_stamps")),
        atlas_plan=ancient(
            lambda wildcards: f"atlases/{plan().atlases}/plan.zarr/stamp.json"
        ),
        atlas_pages=ancient(planned("atlas_stamps")),
        deepzoom=ancient(planned("deepzoom_stamps")),
        viewer=ancient(VIEWER / "index.html"),
    output:
        manifest=update("site/data/manifest.json"),
        problems="problems.parquet",
        map=report("report/map.png", caption="../report/map.rst", category="The map"),
        collection=report(
            "report/collection.html",
            caption="../report/collection.rst",
            category="The collection",
        ),
        left_out=report(
            "report/problems.html",
            caption="../report/problems.rst",
            category="Problems",
        ),
    log:
        "logs/site/site.log",
    benchmark:
        "benchmarks/site/site.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory("site"),
        runtime=minutes("site"),
    params:
        digest=planned("site"),
        # By content, since a clock that goes wrong must not run this again and again; and not of `input`: what is made from
        # inputs Snakemake does not compare with the last run's.
        viewer_digest=lambda wildcards: viewer_digest(),
        images=lambda wildcards: f"images/{plan().ingest}",
        vectors=lambda wildcards, input: [Path(stamp).parent for stamp in input.vectors],
        neighbours=lambda wildcards, input: [
            Path(stamp).parent for stamp in input.neighbours
        ],
        features=lambda wildcards: [f"features/{b.features}" for b in plan().branches],
        layouts=lambda wildcards: [
            f"{name}={path}" for name, path in plan().layouts.items()
        ],
        spaces=lambda wildcards: [
            f"{name}={path}" for name, path in plan().spaces.items()
        ],
        hotspots=lambda wildcards, input: [
            Path(stamp).parent for stamp in input.hotspots
        ],
        names=lambda wildcards, input: [Path(stamp).parent for stamp in input.names],
        edited=lambda wildcards, input: [Path(stamp).parent for stamp in input.edited],
        atlas_plan=lambda wildcards, input: Path(input.atlas_plan).parent,
        atlas_pages=planned("atlas_groups"),
        deepzoom=lambda wildcards: [
            f"{one.layout}=deepzoom/{one.name}" for one in plan().deepzooms
        ],
        mosaics=lambda wildcards: [
            f"{one.layout}={one.mosaic}" for one in plan().deepzooms if one.mosaic
        ],
        shown=planned("shown"),
        viewer=lambda wildcards, input: Path(input.viewer).parent,
        title=literally(SPEC.site.title),
        description=literally(SPEC.site.description),
        credit=literally(SPEC.site.credit),
        licence=literally(SPEC.site.licence),
        licence_url=literally(SPEC.site.licence_url),
        gzip=str(SPEC.site.gzip).lower(),
        address=literally(SPEC.site.address),
        stories=literally(SPEC.site.stories.path),
        logo=literally(SPEC.site.logo.path),
        light=SPEC.site.light,
        dark=SPEC.site.dark,
        opening=literally(SPEC.site.opening),
        alt=literally(SPEC.site.alt),
        data_from=literally(SPEC.site.data_from),
    shell:
        """
        pixplot step site \
            --catalog catalog \
            --images {params.images:q} \
            --vectors {params.vectors:q} \
            --features {params.features:q} \
            --neighbours {params.neighbours:q} \
            --layouts {params.layouts:q} \
            --spaces {params.spaces:q} \
            --hotspots {params.hotspots:q} \
            --names {params.names:q} \
            --edited {params.edited:q} \
            --atlas-plan {params.atlas_plan:q} \
            --atlas-pages {params.atlas_pages:q} \
            --deepzoom {params.deepzoom:q} \
            --mosaics {params.mosaics:q} \
            --viewer {params.viewer:q} \
            --title={params.title:q} \
            --description={params.description:q} \
            --credit={params.credit:q} \
            --licence={params.licence:q} \
            --licence-url={params.licence_url:q} \
            --gzip {params.gzip:q} \
            --address={params.address:q} \
            --stories={params.stories:q} \
            --logo={params.logo:q} \
            --light={params.light:q} \
            --dark={params.dark:q} \
            --opening={params.opening:q} \
            --alt={params.alt:q} \
            --data-from {params.data_from:q} \
            --record ledger/site.json \
            --plan {params.digest:q} \
            --made ledger/made.json \
            --lineage ledger/lineage.json \
            --shown {params.shown:q} \
            --problems {output.problems:q} \
            --report report \
            --out site \
            2>&1 | tee {log:q}
        : viewer {params.viewer_digest}
        """
