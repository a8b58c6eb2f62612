"""Sizes of files as people read them."""


def readable(size: int) -> str:
    """``4.27 GB``, ``335 MB``, ``7 kB``: three digits, in powers of ten as shops and web pages count."""
    amount, units = float(size), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 999.5 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    return f"{size} bytes" if units[0] == "bytes" else f"{amount:.3g} {units[0]}"
