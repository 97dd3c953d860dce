"""The steps of the main job: each reads tables, calls pure functions, writes tables, and never calls another."""
