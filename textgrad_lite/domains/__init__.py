"""Applications whose loss is real software: each room an optional extra, built on the public API alone."""
