"""The models: training, calibration, evaluation, the scoring kernel and explanation."""
