"""Answers as files that people and programs open: tables, spreadsheets, and the metadata beside them.

It may not know how a question arrived: values, language and address are arguments.
"""
