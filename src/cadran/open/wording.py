"""What names tell people: titles from ``snake_case``, how a number is written, what it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cadran.screen.layout import Format

_SHORT = {
    "id": "ID", "url": "URL", "uri": "URI", "ip": "IP", "api": "API", "cpu": "CPU", "gpu": "GPU", "ram": "RAM",
    "sku": "SKU", "vat": "VAT", "http": "HTTP", "uk": "UK", "us": "US", "eu": "EU", "gdp": "GDP", "co2": "CO₂",
    "usd": "USD", "eur": "EUR", "mpg": "MPG", "imdb": "IMDb", "pm25": "PM2.5",
    "uuid": "UUID", "guid": "GUID", "pdf": "PDF", "dvd": "DVD", "sql": "SQL", "os": "OS", "ttc": "TTC",
    "pm10": "PM10", "utc": "UTC",
    "qty": "quantity", "avg": "mean", "temp": "temperature", "num": "number of", "pct": "percent", "amt": "amount",
    "ts": "time", "lat": "latitude", "lon": "longitude", "lng": "longitude", "max": "max", "min": "min",
}  # fmt: skip
_CODES = frozenset(
    [
        "usd",
        "eur",
        "gbp",
        "chf",
        "jpy",
        "cad",
        "aud",
        "sek",
        "nok",
        "dkk",
        "pln",
        "czk",
        "inr",
        "cny",
        "brl",
        "mxn",
        "zar",
    ]
)
_UNITS = {
    "celsius": "°C", "degc": "°C", "fahrenheit": "°F", "degf": "°F", "kg": "kg", "km": "km", "kmh": "km/h",
    "mph": "mph",
    "kwh": "kWh", "mwh": "MWh", "kw": "kW", "mw": "MW", "watts": "W", "volts": "V", "amps": "A", "hz": "Hz", "mm": "mm",
    "cm": "cm", "hpa": "hPa", "bar": "bar", "ppm": "ppm", "rpm": "rpm", "lbs": "lb", "ms": "ms", "millis": "ms",
    "minutes": "min", "hours": "h", "days": "d", "m2": "m²", "m3": "m³", "sqm": "m²", "sqft": "ft²",
    "litres": "l", "liters": "l",
}  # fmt: skip
_MONEY = frozenset(
    [
        "amount",
        "price",
        "revenue",
        "sales",
        "cost",
        "costs",
        "profit",
        "margin",
        "salary",
        "wage",
        "budget",
        "gross",
        "net",
        "fee",
        "fees",
        "tax",
        "total",
        "subtotal",
        "spend",
        "spending",
        "payment",
        "paid",
        "balance",
        "income",
        "turnover",
        "discount",
        "refund",
        "earnings",
        "value",
        "worth",
        "payable",
        "montant",
        "prix",
        "betrag",
        "umsatz",
        "importe",
        "precio",
    ]
)
_ADDED = frozenset(
    [
        "amount",
        "revenue",
        "sales",
        "cost",
        "costs",
        "profit",
        "fee",
        "fees",
        "tax",
        "total",
        "subtotal",
        "spend",
        "spending",
        "payment",
        "paid",
        "refund",
        "quantity",
        "qty",
        "count",
        "units",
        "items",
        "orders",
        "clicks",
        "views",
        "visits",
        "hits",
        "impressions",
        "volume",
        "bytes",
        "sold",
        "downloads",
        "precipitation",
        "rain",
        "rainfall",
        "snow",
        "energy",
        "kwh",
        "consumption",
        "production",
        "deaths",
        "cases",
        "births",
        "passengers",
        "errors",
        "requests",
        "calls",
        "messages",
        "shipped",
        "delivered",
        "earnings",
        "turnover",
        "income",
        "minutes",
        "hours",
        "points",
        "goals",
        "distance",
        "steps",
        "calories",
        "gross",
        "tonnes",
        "net_generation",
        "generation",
        "injuries",
        "fatalities",
        "payable",
        "montant",
        "ventes",
        "betrag",
        "umsatz",
        "menge",
        "importe",
        "ventas",
        "cantidad",
    ]
)
_NOT_ADDED = frozenset(
    [
        "mean",
        "avg",
        "average",
        "median",
        "rate",
        "ratio",
        "share",
        "percent",
        "pct",
        "price",
        "temperature",
        "temp",
        "level",
        "score",
        "rating",
        "index",
        "age",
        "speed",
        "humidity",
        "pressure",
        "max",
        "min",
        "limit",
        "balance",
        "stock",
        "left",
        "cumulative",
        "running",
        "per",
        "open",
        "close",
        "high",
        "low",
        "adj",
        "unit",
        "prix",
        "precio",
        "id",
        "per1000",
    ]
)
_FLAGS = ("is", "has", "est")
_PREFIXES = frozenset(["dim", "fact", "fct", "tbl", "stg"])
_ARTICLES = frozenset(["of", "the", "and", "in", "per", "by", "to", "at", "for", "on", "with"])


def words_of(name: str) -> list[str]:
    """Return the words of ``snake_case``, ``kebab-case``, ``camelCase`` or plain text, in lower case."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word.lower() for word in re.split(r"[\W_]+", split) if word]


def bare_words(table: str) -> list[str]:
    """Return the words of a table's name without what warehouses put before: ``dim_product`` is *product*."""
    words = words_of(table)
    return words[1:] if len(words) > 1 and words[0] in _PREFIXES else words


def title_of(name: str, *, is_table: bool = False) -> str:
    """Return a title for people: ``unit_price_eur`` is *Unit price*, ``customerID`` is *Customer ID*."""
    if is_table and " " in name.strip() and not name.isupper():
        return name.strip()[:1].upper() + name.strip()[1:]  # somebody wrote it for people
    words = bare_words(name) if is_table else words_of(name)
    if not is_table and len(words) > 1 and (words[-1] in _CODES or words[-1] in _UNITS):
        words = words[:-1]
    if not is_table and len(words) > 1 and (words[0] in _FLAGS or words[0] in ("nb", "num")):
        words = words[1:]
    if not is_table and len(words) > 1 and words[-1] in ("pct", "percent", "percentage", "cents", *_ARTICLES):
        words = words[:-1]
    if not words:
        return name.strip() or "Unnamed"
    if len(words) > 1 and words[-1] in ("at", "on") and words[0] not in _ARTICLES:
        words = words[:-1]
    shown = [_SHORT.get(word, word) for word in words]
    text = " ".join(shown)
    return text[:1].upper() + text[1:]


def lower_title(name: str, *, is_table: bool = False) -> str:
    """Return a title as it stands within a sentence."""
    title = title_of(name, is_table=is_table)
    return title if len(title) > 1 and title[1].isupper() else title[:1].lower() + title[1:]


@dataclass(frozen=True, slots=True)
class Writing:
    """How the numbers of a column are written."""

    format: Format
    unit: str | None = None


def writing_of(name: str, low: float, high: float, is_whole: bool, money: str | None = None) -> Writing:
    """Return how a column's numbers are written, by its name and its range. ``money``: the table's one currency."""
    words = words_of(name)
    last = words[-1] if words else ""
    code = last.upper() if last in _CODES else money
    if {"percent", "pct", "percentage"} & set(words) or "%" in name:
        return Writing(Format(kind="percent", whole=1.0 if low >= 0 and high <= 1 else 100.0))
    if (
        {"rate", "ratio", "share", "fraction", "probability", "discount"} & set(words)
        and low >= 0
        and high <= 1
        and not is_whole
    ):
        return Writing(Format(kind="percent", decimals=1))
    if {"bytes", "filesize"} & set(words) and high > 1024:
        return Writing(Format(kind="bytes"))
    if last in ("secs", "seconds", "duration") and high >= 60:
        return Writing(Format(kind="duration"))
    is_large = max(abs(low), abs(high)) >= 100_000
    if set(words) & _MONEY or last in _CODES:
        if code is not None:
            return Writing(Format(kind="currency", currency=code, decimals=0 if is_large else None, compact=is_large))
        return Writing(Format(decimals=None if is_whole or is_large else 2, compact=is_large))
    unit = _UNITS.get(last) if len(words) > 1 else None
    decimals = 0 if is_whole else None
    return Writing(Format(decimals=None if is_large else decimals, compact=is_large), unit)


def adds_up(name: str) -> bool:
    """Whether the sum of a column says something: amounts do, prices, shares and temperatures don't."""
    words = words_of(name)
    is_number = len(words) > 1 and words[0] in ("nb", "num")
    return (is_number or bool(set(words) & _ADDED)) and not set(words) & _NOT_ADDED


def is_flag(name: str) -> bool:
    """Whether a column of 0 and 1 says yes and no, by its name."""
    words = words_of(name)
    return len(words) > 1 and words[0] in (*_FLAGS, "was", "can", "should")


def is_money(name: str) -> bool:
    """Whether a column holds amounts of money, by its name."""
    words = words_of(name)
    return bool(set(words) & _MONEY) or bool(words and words[-1] in _CODES)
