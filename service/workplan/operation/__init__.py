"""What keeps a service running and lets others watch it: the release in service, logs, figures.

It may not know Flask or what the data mean.
"""
