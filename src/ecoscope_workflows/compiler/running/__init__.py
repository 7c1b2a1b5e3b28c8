"""Running a compiled workflow: Snakemake as a child process, and what its events say of the run."""
