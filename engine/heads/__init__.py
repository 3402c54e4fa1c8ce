"""Exit heads for any model: trained on what its full depth says, chosen by what they cost in quality and save in time.

SPAR-K (arXiv 2603.09215) trains one head per exit layer with the backbone frozen, on the full model's own generations.
"""
