"""IP addresses as numbers, and ranges of them, in every spelling that resolvers take."""

from __future__ import annotations


def parse_address(text: str) -> tuple[int, int] | None:
    """The number of bits (32 or 128) and the number of an address; None when the text is not one.

    IPv4 in the forms of inet_aton (one to four parts, each decimal, octal or hexadecimal), since `curl 0x7f.1` reaches
    the same host; an IPv4-mapped IPv6 address counts as IPv4.
    """
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    if ":" not in text:
        number = _ipv4(text)
        return None if number is None else (32, number)
    number = _ipv6(text.partition("%")[0])
    if number is None:
        return None
    return (32, number & 0xFFFFFFFF) if number >> 32 == 0xFFFF else (128, number)


def parse_range(text: str) -> tuple[int, int, int] | None:
    """Bits, network number and prefix length of ``10.0.0.0/8`` or a lone address; None when it is neither."""
    base, slash, length = text.partition("/")
    address = parse_address(base)
    if address is None:
        return None
    bits, number = address
    if not slash:
        return bits, number, bits
    if not (length.isascii() and length.isdigit()) or int(length) > bits:
        return None
    shift = bits - int(length)
    return bits, number >> shift << shift, int(length)


def in_range(address: tuple[int, int], network: tuple[int, int, int]) -> bool:
    """Whether an address lies in a range."""
    bits, number, length = network
    return address[0] == bits and address[1] >> (bits - length) == number >> (bits - length)


def _ipv4(text: str) -> int | None:
    parts = text.split(".")
    if len(parts) > 4:
        return None
    numbers = []
    for part in parts:
        number = _part(part)
        if number is None:
            return None
        numbers.append(number)
    # The last part fills the bytes that are left.
    room = 8 * (5 - len(parts))
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 1 << room:
        return None
    total = 0
    for number in numbers[:-1]:
        total = total << 8 | number
    return total << room | numbers[-1]


def _part(text: str) -> int | None:
    digits, base = text, 10
    if text[:2] in ("0x", "0X"):
        digits, base = text[2:], 16
    elif len(text) > 1 and text[0] == "0":
        digits, base = text[1:], 8
    allowed = "0123456789abcdefABCDEF" if base == 16 else "0123456789"[:base]
    if not digits or len(digits) > 16 or any(digit not in allowed for digit in digits):
        return None
    return int(digits, base)


def _ipv6(text: str) -> int | None:
    if "." in text:
        head, _, tail = text.rpartition(":")
        number = _ipv4(tail)
        if number is None or tail.count(".") != 3:
            return None
        text = f"{head}:{number >> 16:x}:{number & 0xFFFF:x}"
    left, gap, right = text.partition("::")
    groups = left.split(":") if left else []
    end = right.split(":") if right else []
    missing = 8 - len(groups) - len(end)
    if (gap and missing < 1) or (not gap and missing != 0):
        return None
    total = 0
    for group in [*groups, *["0"] * missing, *end]:
        if not 0 < len(group) <= 4 or any(digit not in "0123456789abcdefABCDEF" for digit in group):
            return None
        total = total << 16 | int(group, 16)
    return total
