"""Translators between requests and the wire: one call, one attempt, foreign errors mapped to ours."""
