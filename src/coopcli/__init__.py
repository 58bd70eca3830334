"""`coop`: a catalogue of international-cooperation projects on the command line."""

__version__ = "1.0.0"
