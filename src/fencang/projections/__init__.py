"""Read models folded from durable records: what the desk shows, never what it decides from.

Every projection takes records through ``apply(record)``, in sequence and once each, and answers
plain questions.  Law: one rebuilt from the journal equals the one that was kept.
"""
