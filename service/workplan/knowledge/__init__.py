"""What the data say, asked through the engine and handed on as values: of one resource, of a whole plan.

It may not know requests, pages or the reader's language.
"""
