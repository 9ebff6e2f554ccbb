"""Alerts: from durable records to people who are told, and told again until somebody answers.

A record becomes alerts by the table in ``kinds``; routes say whom they reach; a queue on disk holds
one row for every alert and channel until it is delivered or given up.  Nothing here decides
anything: if all of it fails, the desk goes on.  Nothing here knows the engine or the journal.
"""
