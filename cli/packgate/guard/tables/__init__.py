"""The detectors, by what they belong to."""
