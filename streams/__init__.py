"""Foreign protocols, in and out, and the simulated city that speaks them."""
