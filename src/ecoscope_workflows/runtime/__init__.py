"""What runs when a compiled workflow runs: read inputs, check, call the task, check, write."""
