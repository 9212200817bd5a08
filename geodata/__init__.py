"""Areas, grids and coordinates: a leaf that imports nothing of ours."""
