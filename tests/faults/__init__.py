"""Each fault that may befall a `get`, really caused on the stand-in instance; see docs/faults.md."""
