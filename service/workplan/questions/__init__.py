"""Saved queries: one ``.rq`` file each, with its header, its parameters and their values.

It may not run a query or know requests: a question becomes a QueryRequest, and the engine answers that.
"""
