"""`snakemake --cores N` here runs the workflow in workflow/Snakefile."""


include: "workflow/Snakefile"
