"""Personal data that is nobody's: numbers with valid check digits, made by chance. Needs the extra `pii`, whose libraries say which are valid."""

from __future__ import annotations

import random
from collections.abc import Callable

from guard_values import fill

# Detector -> templates, the module of stdnum that judges them, and the words that they stand behind.
NUMBERS: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "us-ssn": (("{d:3}-{d:2}-{d:4}",), "us.ssn", ("SSN: ", "")),
    "us-itin": (("9{d:2}-7{d:1}-{d:4}", "9{d:2}-8{d:1}-{d:4}"), "us.itin", ("ITIN ", "")),
    "gb-nhs": (("{d:3} {d:3} {d:4}", "{d:10}"), "gb.nhs", ("NHS number: ", "nhs_no=")),
    "de-tax-id": (("{d:11}", "{d:2} {d:3} {d:3} {d:3}"), "de.idnr", ("Steuer-ID: ", "tax id ", "idnr=")),
    "fr-nir": (("1{d:2}0{d:1}{d:2}{d:3}{d:3}{d:2}", "2 {d:2} 11 {d:2} {d:3} {d:3} {d:2}"), "fr.nir", ("NIR : ", "")),
    "es-dni": (("{d:8}{L:1}", "{d:8}-{L:1}"), "es.dni", ("DNI ", "")),
    "es-nie": (("X{d:7}{L:1}", "Y-{d:7}-{L:1}"), "es.nie", ("NIE ", "")),
    "it-fiscal-code": (("{L:6}{d:2}A{d:2}H{d:3}{L:1}", "{L:6}{d:2}T{d:2}F{d:3}{L:1}"), "it.codicefiscale", ("CF: ", "")),
    "nl-bsn": (("{d:9}",), "nl.bsn", ("BSN: ", "burgerservicenummer ")),
    "be-nn": (("{d:2}.0{d:1}.{d:2}-{d:3}.{d:2}",), "be.nn", ("NN ", "")),
    "pl-pesel": (("{d:2}0{d:1}{d:7}", "{d:2}1{d:8}"), "pl.pesel", ("PESEL: ", "pesel=")),
    "se-personnummer": (("{d:2}0{d:1}{d:2}-{d:4}", "19{d:2}1{d:1}{d:2}-{d:4}"), "se.personnummer", ("", "personnummer ")),
    "fi-hetu": (("{d:2}0{d:3}-{d:3}{U:1}",), "fi.hetu", ("", "hetu ")),
    "ch-ssn": (("756.{d:4}.{d:4}.{d:2}", "756{d:10}"), "ch.ssn", ("AHV ", "")),
    "br-cpf": (("{d:3}.{d:3}.{d:3}-{d:2}",), "br.cpf", ("CPF ", "")),
    "in-aadhaar": (("{d:4} {d:4} {d:4}",), "in_.aadhaar", ("Aadhaar ", "")),
    "in-pan": (("{L:3}P{L:1}{d:4}{L:1}",), "in_.pan", ("PAN ", "")),
    "ca-sin": (("{d:3}-{d:3}-{d:3}", "{d:9}"), "ca.sin", ("SIN: ", "sin=")),
    "au-tfn": (("{d:3} {d:3} {d:3}", "{d:9}"), "au.tfn", ("TFN: ", "tax file number ")),
    "cn-ric": (("110101{d:2}", "110101199{d:1}0{d:1}{d:2}{d:4}"), "cn.ric", ("", "id ")),
    "za-idnr": (("{d:2}0{d:3}{d:7}",), "za.idnr", ("identity number: ", "idnr=")),
    "iban": (("DE{d:20}", "GB{d:2}BARC{d:14}", "NL{d:2}RABO{d:10}", "CH{d:7}{d:12}", "AT{d:18}", "PL{d:26}"), "iban", ("IBAN: ", "")),
    "bic": (("DEUTDE{U:2}", "BNPAFR{U:2}{U:3}", "BARCGB{U:2}"), "bic", ("BIC: ", "SWIFT code ")),
}
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "IN", "BR", "JP", "AU", "PL", "SE", "CH", "AT", "BE")
_FIRST = "anna ben carla dario elif farid greta hugo ines jonas karin luis mina noah olga pavel".split()
_LAST = "acosta brandt chen dubois eriksen fischer garcia haddad ivanov jansen kowalski lopez moreau nakamura okafor petrov".split()
_STREETS = ("Maple Street", "Oak Avenue", "Lincoln Road", "River Lane", "High Street", "Station Road", "Park Drive", "King Street")
_TOWNS = (("Springfield", "IL 62704"), ("Denver, CO", "80203"), ("Leeds", "LS1 4AP"), ("Toronto,", "ON M5V 2T6"), ("Austin", "TX 78701-1234"))


def _valid(rng: random.Random, template: str, module: str) -> str:
    judge = __import__(f"stdnum.{module}", fromlist=["is_valid"])
    for _ in range(200_000):
        text = fill(template, rng)
        if module == "iban":
            text = _with_check(text)
        if judge.is_valid(text) and len(set(text)) > 3:
            return text
    raise ValueError(f"no valid number of the form {template}")


def _with_check(iban: str) -> str:
    """An IBAN with its two check digits: ISO 7064, modulo 97."""
    number = int("".join(str(int(char, 36)) for char in iban[4:] + iban[:2] + "00"))
    return f"{iban[:2]}{98 - number % 97:02}{iban[4:]}"


def card(rng: random.Random) -> str:
    """A card number of one of the schemes, with its check digit; in one piece or in groups."""
    start, size = rng.choice((("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15), ("6011", 16), ("3528", 16), ("36", 14)))
    body = start + fill(f"{{d:{size - len(start) - 1}}}", rng)
    total = sum(sum(divmod(int(char) * (2 if place % 2 == 0 else 1), 10)) for place, char in enumerate(reversed(body)))
    number = f"{body}{-total % 10}"
    joint = rng.choice(("", " ", "-"))
    return joint.join((number[:4], number[4:8], number[8:12], number[12:])) if joint and size == 16 else number


def phone(rng: random.Random) -> str:
    """A valid number of some region, in the international form or the North American one."""
    import phonenumbers

    while True:
        region = rng.choice(_REGIONS)
        shown = phonenumbers.example_number(region)
        if shown is None:
            continue
        digits = str(shown.national_number)
        shown.national_number = int(digits[:3] + fill(f"{{d:{len(digits) - 3}}}", rng))
        if phonenumbers.is_valid_number(shown) and "555" not in str(shown.national_number) and not str(shown.national_number).startswith(("7700900", "2079460")):
            kinds = phonenumbers.PhoneNumberFormat
            form = rng.choice((kinds.E164, kinds.INTERNATIONAL, kinds.NATIONAL if region == "US" else kinds.INTERNATIONAL))
            return str(phonenumbers.format_number(shown, form))


def national(rng: random.Random) -> str:
    """A valid number as it is written in its own country."""
    import phonenumbers

    while True:
        number = phone(rng)
        if number.startswith("+"):
            parsed = phonenumbers.parse(number)
            return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))


def email(rng: random.Random) -> str:
    """An address of a person."""
    return f"{rng.choice(_FIRST)}.{rng.choice(_LAST)}@{rng.choice(('gmail.com', 'acme-logistics.de', 'mail.uni-weimar.de', 'proton.me', 'outlook.com'))}"


def address(rng: random.Random) -> str:
    """A street address."""
    town, code = rng.choice(_TOWNS)
    return f"{rng.randint(1, 9999)} {rng.choice(_STREETS)}, {town} {code}"


_OTHERS: dict[str, tuple[Callable[[random.Random], str], tuple[str, ...]]] = {
    "card-number": (card, ("", "card: ", "PAN ")), "phone-number": (phone, ("", "call ")), "national-phone-number": (national, ("phone: ", "Tel. ", "mobile=")),
    "email": (email, ("", "to ", "mailto:")), "postal-address": (address, ("", "Ship to ")),
}
_PLACES = ("{}", "customer;{};active", '{{"value": "{}"}}', "Please write to {} today", "2026-03-01 INFO row {} done")


def positives(rng: random.Random, each: int) -> list[tuple[str, str, str]]:
    """So many of every detector of personal data: its id, a text, and the value in it."""
    found = []
    for number in range(each):
        for id, (templates, module, words) in NUMBERS.items():
            templates = tuple(template for template in templates if len(template) > 14 or id != "cn-ric")
            value = _valid(rng, templates[number % len(templates)], module)
            found.append((id, rng.choice(_PLACES).format(words[number % len(words)] + value), value))
        for id, (make, words) in _OTHERS.items():
            value = make(rng)
            found.append((id, rng.choice(_PLACES).format(words[number % len(words)] + value), value))
        value = fill("AB{d:6}C", rng)
        found.append(("gb-nino", f"NI number: {value}", value))
    return found
