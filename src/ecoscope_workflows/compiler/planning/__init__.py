"""What a run would do, told without starting Snakemake."""
