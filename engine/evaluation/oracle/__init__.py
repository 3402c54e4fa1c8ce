"""Oracle interventions: how much of a spoken word's states each layer needs (arXiv 2604.06871)."""
