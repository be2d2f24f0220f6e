"""Rendered documents -> formats. Writers know blocks and looks, and nothing of inspections.

``html`` and ``pdf`` take the page, ``docx``, ``markdown``, ``text`` and ``terminal`` the block tree.
"""
