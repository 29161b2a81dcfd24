"""Named problems: their examples, their prompts and how an answer to them is scored."""
