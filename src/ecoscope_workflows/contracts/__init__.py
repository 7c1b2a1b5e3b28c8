"""What a value that passes between two tasks must satisfy, and how it becomes a file."""
