"""The only contact with models, cache, clock and money. Knows nothing of variables and templates."""
