"""Personal data. Telephone numbers are judged by `phonenumbers`, account and identity numbers by `python-stdnum` (the extra `pii`)."""

from __future__ import annotations

from packgate.guard.detector import PERSONAL, Detector

CONTACT = "contact-data"
FINANCIAL = "financial-data"
IDENTITY = "national-ids"

PHONES = "phonenumbers"
NUMBERS = "stdnum"

_SEP = r"[ .-]?"


def _data(
    id: str, title: str, pattern: str, check: str, group: str, *, needs: str = "", words: tuple[str, ...] = (), examples: tuple[str, ...] = (),
) -> Detector:
    return Detector(id, title, pattern, check=check, groups=(group,), needs=needs, words=words, kind=PERSONAL, examples=examples)


# A detector without words is tried all over the text. The check `id:COUNTRY.MODULE` is that module of `stdnum`; numbers that are nothing
# but digits are looked for behind their name alone, since every tenth number has a fitting check digit.
ROWS: tuple[Detector, ...] = (
    _data("email", "E-mail address", r"(?<![\w.+/-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![\w-])(?!:[^\s/])",
          "email", CONTACT),
    _data("phone-number", "Telephone number", r"(?<![\w.+/#=-])(?:\+|00)[1-9](?:[ ().\-/]{0,2}\d){6,14}(?![\w-])|(?<![\w.+/#=-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])",
          "phone", CONTACT, needs=PHONES),
    _data("national-phone-number", "Telephone number behind a word such as phone",
          r"(?i:phone|tel|telephone|mobile|cell|fax|telefon|handy|whatsapp)(?:[ _-]?(?i:number|no|nr))?\.?['\"]?[ \t]{0,2}[:=]?[ \t]{0,2}['\"]?(?P<secret>\(?0?\d(?:[ ().\-/]{0,2}\d){6,13})(?![\w-])",
          "national_phone", CONTACT, needs=PHONES, words=("phone", "tel", "mobile", "cell", "fax", "handy", "whatsapp")),
    _data("postal-address", "Street address of the United States, Canada or the United Kingdom",
          r"(?<![\w.#-])\d{1,5}(?: [NSEW]\.?)?(?: [A-Z][A-Za-z'.-]{1,20}){1,4} (?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Square|Sq|Way|Terrace|Place|Pl|Close|Crescent)\.?"
          r"(?:,? (?:Apt|Suite|Unit|Flat|#)\.? ?[A-Za-z0-9-]{1,6})?,? {0,2}\n?[A-Z][A-Za-z .'-]{1,30},? {1,2}(?:[A-Z]{2} {1,2}(?:\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?!\w)",
          "", CONTACT),
    _data("card-number", "Payment card number", r"(?<![\w.+/-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-])(?!\.\d)", "card", FINANCIAL,
          examples=("4111111111111111", "4242424242424242", "4000056655665556", "5555555555554444", "2223003122003222", "5105105105105100", "378282246310005",
                    "371449635398431", "6011111111111117", "6011000990139424", "3056930009020004", "36227206271667", "3566002020360505", "6200000000000005",
                    "4012888888881881", "4222222222222", "4000000000000002", "4005519200000004", "4009348888881881", "5200828282828210", "2223000048400011",
                    "5431111111111111", "30569309025904", "38520000023237", "3530111333300000", "4917610000000000", "6304000000000000", "4000000000003220")),
    _data("iban", "International bank account number", r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])", "id:iban", FINANCIAL, needs=NUMBERS,
          examples=("DE89370400440532013000", "GB82WEST12345698765432", "GB29NWBK60161331926819", "FR1420041010050500013M02606", "CH9300762011623852957", "NL91ABNA0417164300")),
    _data("bic", "Bank identifier code behind its name", r"(?i:bic|swift)(?i:[ _-]?code)?['\"]?[ \t]{0,2}[:=]?[ \t]{0,2}['\"]?(?P<secret>[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![A-Za-z0-9])",
          "id:bic", FINANCIAL, needs=NUMBERS, words=("bic", "swift")),
    _data("us-ssn", "Social security number of the United States", r"(?<![\w.+/-])\d{3}-\d{2}-\d{4}(?![\w-])", "id:us.ssn", IDENTITY, needs=NUMBERS,
          examples=("078-05-1120", "219-09-9999", "123-45-6789", "457-55-5462")),
    _data("us-itin", "Individual taxpayer number of the United States", r"(?<![\w.+/-])9\d{2}-\d{2}-\d{4}(?![\w-])", "id:us.itin", IDENTITY, needs=NUMBERS),
    _data("gb-nino", "National insurance number of the United Kingdom", r"(?i:ni|nino|insurance)(?i:[ _-]?(?:number|no|nr))?['\"]?[ \t]{0,2}[:=]?[ \t]{0,2}['\"]?(?P<secret>[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D])(?!\w)",
          "nino", IDENTITY, words=("ni", "insurance")),
    _data("gb-nhs", "NHS number", r"(?i:nhs)(?i:[ _-]?(?:number|no|nr))?['\"]?[ \t]{0,2}[:=]?[ \t]{0,2}['\"]?(?P<secret>\d{3}[ -]?\d{3}[ -]?\d{4})(?!\w)", "id:gb.nhs", IDENTITY, needs=NUMBERS, words=("nhs",)),
    _data("de-tax-id", "Tax number of Germany", r"(?i:steuer|tax|idnr|tin)[\w. -]{0,24}?['\"]?[ \t]{0,2}[:=]?[ \t]{0,2}['\"]?(?P<secret>\d{2} ?\d{3} ?\d{3} ?\d{3})(?!\w)", "id:de.idnr", IDENTITY, needs=NUMBERS,
          words=("steuer", "tax", "idnr", "tin")),
    _data("fr-nir", "Social security number of France", r"(?<![\w.+/-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?![\w-])", "id:fr.nir", IDENTITY, needs=NUMBERS),
    _data("es-dni", "DNI of Spain", r"(?<![\w.+/-])\d{8}-?[A-HJ-NP-TV-Z](?![\w-])", "id:es.dni", IDENTITY, needs=NUMBERS),
    _data("es-nie", "NIE of Spain", r"(?<![\w.+/-])[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z](?![\w-])", "id:es.nie", IDENTITY, needs=NUMBERS),
    _data("it-fiscal-code", "Codice fiscale of Italy", r"(?<![\w.+/-])[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z](?![\w-])", "id:it.codicefiscale", IDENTITY, needs=NUMBERS),
    _data("nl-bsn", "BSN of the Netherlands", r"(?i:bsn|burgerservice(?:nummer)?|sofi(?:nummer)?)['\"]?[ \t]{0,2}[:=]?[ \t]{0,2}['\"]?(?P<secret>\d{4}[ .]?\d{2}[ .]?\d{3})(?!\w)", "id:nl.bsn", IDENTITY,
          needs=NUMBERS, words=("bsn", "burgerservice", "sofi")),
    _data("be-nn", "National number of Belgium", r"(?<![\w.+/-])\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}(?![\w-])", "id:be.nn", IDENTITY, needs=NUMBERS),
    _data("pl-pesel", "PESEL of Poland", r"(?i:pesel)['\"]?[ \t]{0,2}[:=]?[ \t]{0,2}['\"]?(?P<secret>\d{11})(?!\w)", "id:pl.pesel", IDENTITY, needs=NUMBERS, words=("pesel",)),
    _data("se-personnummer", "Personnummer of Sweden", r"(?<![\w.+/-])(?:19|20)?\d{6}[-+]\d{4}(?![\w-])", "id:se.personnummer", IDENTITY, needs=NUMBERS),
    _data("fi-hetu", "HETU of Finland", r"(?<![\w.+/-])\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y](?![\w-])", "id:fi.hetu", IDENTITY, needs=NUMBERS),
    _data("ch-ssn", "AHV number of Switzerland", r"(?<![\w.+/-])756\.?\d{4}\.?\d{4}\.?\d{2}(?![\w-])", "id:ch.ssn", IDENTITY, needs=NUMBERS, examples=("756.9217.0769.85",)),
    _data("br-cpf", "CPF of Brazil", r"(?<![\w.+/-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])", "id:br.cpf", IDENTITY, needs=NUMBERS, examples=("111.444.777-35", "123.456.789-09")),
    _data("in-aadhaar", "Aadhaar number of India", r"(?<![\w.+/-])[2-9]\d{3} \d{4} \d{4}(?![\w-])(?! \d)", "id:in_.aadhaar", IDENTITY, needs=NUMBERS),
    _data("in-pan", "PAN of India", r"(?<![\w.+/-])[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z](?![\w-])", "id:in_.pan", IDENTITY, needs=NUMBERS, examples=("AAAPL1234C",)),
    _data("ca-sin", "Social insurance number of Canada", r"(?i:sin|social insurance)(?i:[ _-]?(?:number|no))?['\"]?[ \t]{0,2}[:=]?[ \t]{0,2}['\"]?(?P<secret>\d{3}[ -]?\d{3}[ -]?\d{3})(?!\w)", "id:ca.sin", IDENTITY,
          needs=NUMBERS, words=("sin", "social insurance")),
    _data("au-tfn", "Tax file number of Australia", r"(?i:tfn|tax file)(?i:[ _-]?(?:number|no))?['\"]?[ \t]{0,2}[:=]?[ \t]{0,2}['\"]?(?P<secret>\d{3}[ -]?\d{3}[ -]?\d{2,3})(?!\w)", "id:au.tfn", IDENTITY,
          needs=NUMBERS, words=("tfn", "tax file")),
    _data("cn-ric", "Resident identity number of China", r"(?<![\w.+/-])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?![\w-])", "id:cn.ric", IDENTITY, needs=NUMBERS),
    _data("za-idnr", "Identity number of South Africa", r"(?i:identity|idnr|id number|id no)[\w. ]{0,12}?['\"]?[ \t]{0,2}[:=]?[ \t]{0,2}['\"]?(?P<secret>\d{13})(?!\w)", "id:za.idnr", IDENTITY, needs=NUMBERS,
          words=("identity", "idnr", "id number", "id no")),
)
