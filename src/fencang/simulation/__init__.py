"""The whole desk under a seed: workload, venue, network, disk and clock are simulated, and crash.

``python -m fencang.simulation --seed 123`` runs one desk; the same seed tells the same story on
every machine.  An auditor that shares no code with the engine reads every durable record.  Nothing
here is used by a desk that trades.
"""
