"""From folders of Turtle to one immutable release.

It may not know requests or pages.
"""
