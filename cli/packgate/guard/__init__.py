"""Secret detectors and masking. The core is import-light."""
