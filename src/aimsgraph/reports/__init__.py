"""Reports for people who file them: HTML that prints, workbooks, Markdown, and the auditor's pack.

A report arranges answers; it works nothing out. May use `answers` and every room below.
"""
