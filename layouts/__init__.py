"""Pure: data in, Dash components out."""
