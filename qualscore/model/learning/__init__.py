"""From labelled accounts to a calibrated ensemble."""
