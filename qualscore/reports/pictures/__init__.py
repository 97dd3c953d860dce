"""Pictures of a report, one module for each group: each is a title, a sentence that says what to see, a drawing and its numbers."""
