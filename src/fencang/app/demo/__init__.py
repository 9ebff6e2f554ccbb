"""The demo: one desk through 2017 and 2018, its story in tables and a picture."""
