"""Numbers and texts that travel between nodes: calculating with them, filling them in, showing them.

Knows no pictures, no models and no files.
"""
