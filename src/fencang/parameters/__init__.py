"""Parameter files: readers and writers of what clearing houses publish, and a cache of the parse.

``pa2`` holds CME's expanded unpacked format, ``spn`` the XML format, ``synthetic`` sets made from
a seed.  The package is impure and the engine never imports it: parsed sets are handed in by hash.
"""
