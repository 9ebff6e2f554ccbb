"""Assignment of short options to the books that hold them: pro rata, then by a seeded draw.

Clearing houses draw the accounts that must deliver; inside an account nobody has drawn yet.  Each
book first gets the whole lots of its share; the lots left over go one each to books whose share was
cut, in the order of a hash over seed and book.  The seed is content (the execution's identity), so
that nobody can choose it and everybody can check it.
"""

from collections.abc import Mapping

from fencang.basics.hashing import sha256_canonical

__all__ = ["assigned_lots"]


def assigned_lots(held: Mapping[str, int], quantity_lots: int, seed: str) -> dict[str, int]:
    """Return book → lots assigned, books without any left out.

    Args:
        held: book → lots short, above 0.
        quantity_lots: lots to assign, at most all that are held.
        seed: what decides the draw.
    """
    whole = sum(held.values())
    assert 0 <= quantity_lots <= whole, (quantity_lots, whole)
    shares = {book: held[book] * quantity_lots // whole for book in sorted(held)} if whole else {}
    cut = [book for book in shares if held[book] * quantity_lots % whole]
    cut.sort(key=lambda book: sha256_canonical([seed, book]))
    for book in cut[: quantity_lots - sum(shares.values())]:
        shares[book] += 1
    return {book: lots for book, lots in shares.items() if lots}
