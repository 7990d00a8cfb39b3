"""The command `pixplot` itself: flags become a configuration, Snakemake runs, and what happens is told in a line for each stage."""
