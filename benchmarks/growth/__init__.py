"""Time and memory as rows grow."""
