"""The pure floor: names, addresses, formats and errors.

It may not read a file, open a connection or import any other floor.
"""
