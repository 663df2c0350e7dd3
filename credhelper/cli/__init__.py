"""The commands that a person, a timer or a boot script gives; one module each."""
