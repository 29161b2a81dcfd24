"""The command line of textgrad_lite: arguments in, tables and files out; no algorithm."""
