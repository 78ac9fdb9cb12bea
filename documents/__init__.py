"""Office files in and out. Knows selfeval, nothing else of the project."""
