"""One door to SPARQL, whatever store stands behind it.

It may not know Flask, files of the project or what the data mean.
"""
