"""The cache: what is kept of tokens, what each depended on, and for how long it serves."""
