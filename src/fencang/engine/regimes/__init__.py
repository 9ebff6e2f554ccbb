"""Position limits of jurisdictions inside the engine.

``book`` holds what is defined and what was told, ``counters`` what every group of persons holds, in
step with each change of an exposure, ``links`` builds them anew when rules, ties or the day change.
``limits.regimes.verdict`` answers the same questions from scratch, and tests compare both.
"""
