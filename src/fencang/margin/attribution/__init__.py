"""Attribution: who brings how much of the pool's requirement.

Three rules, selectable: Euler (each its own share of the pool's active pieces), stand-alone
proportional, and Shapley.  No rule has every good property at once; each module says which one it
gives up.  Shares explain and price; what binds a sub-account is its grant (``margin/pool/grant``).
"""
