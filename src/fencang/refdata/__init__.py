"""What the desk is made of: persons, accounts, venues, products, contracts, limits and rules.

Every value here is a frozen, tagged structure that enters through the ``DefineDesk`` command and
is stored in the journal as it came in.  Nothing here decides; faults of one value on its own are
found by ``faults_of`` (``refdata/faults.py``), faults between values by the engine.
"""
