"""Units of others → units of ours: a small table, by factor and offset to one unit per quantity."""

from __future__ import annotations

import re
from typing import Any

# quantity → unit → (factor, offset): value × factor + offset is in the first unit of the quantity
TABLE: dict[str, dict[str, tuple[float, float]]] = {
    "temperature": {"℃": (1, 0), "K": (1, -273.15), "℉": (5 / 9, -160 / 9)},
    "pressure": {
        "MPa": (1, 0),
        "kPa": (1e-3, 0),
        "hPa": (1e-4, 0),
        "Pa": (1e-6, 0),
        "bar": (0.1, 0),
        "mbar": (1e-4, 0),
        "psi": (0.00689475729, 0),
        "kgf/cm²": (0.0980665, 0),
        "mH2O": (0.00980665, 0),
    },
    "length": {"m": (1, 0), "cm": (1e-2, 0), "mm": (1e-3, 0), "km": (1e3, 0), "ft": (0.3048, 0)},
    "concentration": {"µg/m³": (1, 0), "mg/m³": (1e3, 0), "g/m³": (1e6, 0)},
    "current": {"A": (1, 0), "mA": (1e-3, 0), "µA": (1e-6, 0)},
    "voltage": {"V": (1, 0), "mV": (1e-3, 0), "kV": (1e3, 0)},
    "power": {"W": (1, 0), "kW": (1e3, 0), "MW": (1e6, 0), "mW": (1e-3, 0)},
    "energy": {"kWh": (1, 0), "Wh": (1e-3, 0), "J": (1 / 3.6e6, 0), "MJ": (1 / 3.6, 0)},
    "speed": {"km/h": (1, 0), "m/s": (3.6, 0), "kn": (1.852, 0)},
    "flow": {"m³/h": (1, 0), "m³/s": (3600, 0), "L/s": (3.6, 0), "L/min": (0.06, 0)},
    "angle": {"°": (1, 0), "rad": (57.29577951308232, 0)},
    "share": {"%": (1, 0), "1": (100, 0), "‰": (0.1, 0)},
    "strain": {"µε": (1, 0), "ε": (1e6, 0)},
    "explosive": {"%LEL": (1, 0), "ppm CH4": (1 / 500, 0), "%VOL CH4": (20, 0)},
    "noise": {"dB(A)": (1, 0), "dB": (1, 0)},
}
# other ways to write the same: SenML (RFC 8428, RFC 8798), UN/CEFACT (NGSI), UCUM, keyboards
SAME = {
    "Cel": "℃", "C": "℃", "°C": "℃", "CEL": "℃", "degC": "℃", "degF": "℉", "°F": "℉", "FAH": "℉",
    "KEL": "K", "mpa": "MPa", "kpa": "kPa", "MPA": "MPa", "KPA": "kPa", "A97": "hPa", "PAL": "Pa",
    "BAR": "bar", "MTR": "m", "CMT": "cm", "MMT": "mm", "KMT": "km",
    "ug/m3": "µg/m³", "ug/m³": "µg/m³", "μg/m³": "µg/m³", "µg/m3": "µg/m³", "GQ": "µg/m³",
    "mg/m3": "mg/m³", "GP": "mg/m³", "g/m3": "g/m³",
    "AMP": "A", "4K": "mA", "uA": "µA", "VLT": "V", "2Z": "mV", "WTT": "W", "KWT": "kW",
    "KWH": "kWh", "KMH": "km/h", "kmh": "km/h", "kph": "km/h", "MTS": "m/s",
    "m3/h": "m³/h", "MQH": "m³/h", "m3/s": "m³/s", "MQS": "m³/s", "l/s": "L/s", "l/min": "L/min",
    "deg": "°", "DD": "°", "/": "1", "%RH": "%", "P1": "%", "C62": "1", "%EL": "%",
    "celsius": "℃", "Celsius": "℃", "degree Celsius": "℃", "degrees Celsius": "℃", "kelvin": "K",
    "meter": "m", "meters": "m", "metre": "m", "metres": "m", "millimeter": "mm", "percent": "%",
    "volt": "V", "volts": "V", "ampere": "A", "watt": "W", "watts": "W", "kilopascal": "kPa",
    "ue": "µε", "με": "µε", "dBA": "dB(A)", "2N": "dB(A)", "dB(A)": "dB(A)",
}  # fmt: skip
_WHERE = {unit: quantity for quantity, row in TABLE.items() for unit in row}
_WITH_UNIT = re.compile(r"\s*([-+]?\d{1,15}(?:\.\d{1,15})?)\s*([^\d\s].{0,15}?)\s*")


def plain(unit: str) -> str:
    """The unit as we write it."""
    return SAME.get(unit, unit)


def parted(value: Any, unit: str, wanted: str) -> tuple[Any, str]:
    """A text with its unit, such as "1610 mm", as number and unit; anything else as it was.

    Where a unit is `wanted` the number is in that one, since scale and offset are meant for it.
    Raises ValueError when the two measure different things.
    """
    found = _WITH_UNIT.fullmatch(value) if isinstance(value, str) else None
    if not found or plain(found[2]) not in _WHERE:
        return value, unit
    said = float(found[1])
    return (convert(said, found[2], wanted), wanted) if wanted else (said, found[2])


def convert(value: float, unit: str, to: str) -> float:
    """The value in another unit; ValueError when the two measure different things."""
    unit, to = plain(unit), plain(to)
    if unit == to or not to:
        return value
    quantity = _WHERE.get(unit)
    if quantity is None or quantity != _WHERE.get(to):
        raise ValueError(f"unit {unit[:20]!r} cannot become {to!r}; use scale and offset")
    factor, offset = TABLE[quantity][unit]
    factor_to, offset_to = TABLE[quantity][to]
    return (value * factor + offset - offset_to) / factor_to
