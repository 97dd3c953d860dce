"""The pass over accounts: batches, calibration, bands, factors in words."""
