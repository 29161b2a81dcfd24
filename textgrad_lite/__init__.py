"""Textual-gradient optimisation of prompts and other texts: criticise, rewrite, measure."""
