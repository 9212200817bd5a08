"""The kinds of devices a city has, with their metrics, units, ranges and reporting periods.

Source: the indicator tables (GB/T 33171 traffic, GB 3096 noise, HJ 633 air and the city's own
practice); ranges are what the sensor can say, anything outside is unit nonsense. Periods are the
defaults of the demo; a device may declare its own.
"""

from __future__ import annotations

import msgspec


class Metric(msgspec.Struct, frozen=True):
    """One measured quantity; `low`..`high` in `unit` is what a working sensor can report.

    `steepest` is the most it can change in a minute where physics forbids more (None: anything may
    be true; a gas leak is never doubted). `still_s` is how long it may stand on the very same value
    (None: for ever). `smooth` is the least difference from its neighbours that counts where the
    quantity changes little over 2 km (None: neighbours prove nothing).
    """

    code: str
    name: str
    unit: str
    low: float
    high: float
    digits: int = 1
    steepest: float | None = None
    still_s: int | None = None
    smooth: float | None = None


class Kind(msgspec.Struct, frozen=True):
    """A kind of device; its first metric is shown on the map; `domain` is a tab of the wall."""

    code: str
    name: str
    name_en: str
    domain: str
    period_s: int
    metrics: tuple[Metric, ...]

    @property
    def primary(self) -> Metric:
        """The metric that stands for the device on the map."""
        return self.metrics[0]


HOUR = 3600
GOVERN, SOCIAL, SAFETY, ECONOMY = "governance", "social", "safety", "economy"

# The position in this tuple is the kind byte of a packed point: append only, never reorder.
KINDS: tuple[Kind, ...] = (
    Kind(
        "gas",
        "燃气监测",
        "Gas in manhole",
        SAFETY,
        30,
        (Metric("ch4", "甲烷浓度", "%LEL", 0, 100), Metric("h2s", "硫化氢", "mg/m³", 0, 100)),
    ),
    Kind(
        "water_pressure",
        "供水压力",
        "Water pressure",
        GOVERN,
        60,
        # still: a network breathes with its users; default
        (Metric("pressure", "管网压力", "MPa", 0, 1.6, 3, still_s=6 * HOUR),),
    ),
    Kind(
        "waterlogging",
        "道路积水",
        "Road waterlogging",
        SAFETY,
        30,
        (Metric("depth", "积水深度", "cm", 0, 200),),
    ),
    Kind(
        "rain",
        "雨量",
        "Rain gauge",
        SAFETY,
        60,
        (
            # steepest: 38 mm in a minute is the most ever measured (WMO, Barot, Guadeloupe, 1970);
            # smooth: a convective cell differs from its neighbours by less; default
            Metric("rain_1h", "1 小时雨量", "mm", 0, 250, steepest=38, smooth=30),
            Metric("rain_5min", "5 分钟雨量", "mm", 0, 60, steepest=38),
            Metric("rain_3h", "3 小时雨量", "mm", 0, 500, steepest=38),
        ),
    ),
    Kind(
        "river",
        "河道水位",
        "River level",
        SAFETY,
        60,
        # steepest: no river of the plain rises 2 m in a minute; default
        (Metric("level", "水位(吴淞)", "m", -2, 15, 2, steepest=2.0),),
    ),
    Kind(
        "bridge",
        "桥梁监测",
        "Bridge",
        SAFETY,
        30,
        (
            Metric("load_ratio", "荷载效应比", "%", 0, 300),
            Metric("deflection", "挠度", "mm", -500, 500),
            # still: steel follows the sun; default
            Metric("strain", "应变", "µε", -3000, 3000, still_s=12 * HOUR),
        ),
    ),
    Kind(
        "air",
        "空气质量",
        "Air quality",
        GOVERN,
        60,
        (
            # smooth: two classes of HJ 633; default. still: instruments drift and breathe; default
            Metric("aqi", "空气质量指数", "", 0, 500, 0, smooth=100),
            Metric("pm25", "PM2.5", "µg/m³", 0, 1000, still_s=12 * HOUR),
            Metric("pm10", "PM10", "µg/m³", 0, 2000),
            Metric("no2", "NO₂", "µg/m³", 0, 4000),
            Metric("o3", "O₃", "µg/m³", 0, 1200),
            Metric("so2", "SO₂", "µg/m³", 0, 3000),
            Metric("co", "CO", "mg/m³", 0, 150),
        ),
    ),
    Kind(
        "noise",
        "噪声监测",
        "Noise",
        GOVERN,
        60,
        # still: a street is never equally loud to the tenth for an hour; default
        (Metric("leq", "等效声级", "dB(A)", 20, 140, still_s=HOUR),),
    ),
    Kind(
        "smoke",
        "烟感",
        "Smoke detector",
        SAFETY,
        120,
        (Metric("smoke", "烟雾报警", "", 0, 1, 0), Metric("temp", "温度", "℃", -40, 150)),
    ),
    Kind(
        "electrical_fire",
        "电气火灾",
        "Electrical fire",
        SAFETY,
        60,
        (
            Metric("residual", "剩余电流", "mA", 0, 3000, 0),
            Metric("temp", "线缆温度", "℃", -40, 200),
        ),
    ),
    Kind(
        "manhole",
        "井盖监测",
        "Manhole cover",
        GOVERN,
        120,
        (Metric("tilt", "倾斜角", "°", 0, 180), Metric("battery", "电池电量", "%", 0, 100, 0)),
    ),
    Kind(
        "streetlight",
        "路灯",
        "Streetlight",
        GOVERN,
        120,
        (Metric("lit_rate", "亮灯率", "%", 0, 100), Metric("leak", "漏电电流", "mA", 0, 500)),
    ),
    Kind(
        "traffic",
        "交通指数",
        "Traffic index",
        GOVERN,
        30,
        (Metric("tpi", "交通运行指数", "", 0, 10), Metric("speed", "平均车速", "km/h", 0, 160)),
    ),
    Kind(
        "crowd",
        "人群密度",
        "Crowd",
        SOCIAL,
        30,
        (
            Metric("occupancy", "承载率", "%", 0, 300),
            Metric("persons", "在场人数", "人", 0, 200000, 0),
        ),
    ),
    Kind(
        "parking",
        "停车场",
        "Parking",
        GOVERN,
        60,
        (
            Metric("occupancy", "泊位占用率", "%", 0, 100),
            Metric("free", "空余泊位", "个", 0, 20000, 0),
        ),
    ),
    Kind(
        "dust",
        "工地扬尘",
        "Construction dust",
        GOVERN,
        60,
        (
            Metric("pm10", "PM10", "µg/m³", 0, 2000, still_s=12 * HOUR),
            Metric("tsp", "TSP", "µg/m³", 0, 5000, still_s=12 * HOUR),
            Metric("noise", "噪声", "dB(A)", 20, 140, still_s=HOUR),
        ),
    ),
    Kind(
        "transformer",
        "配电变压器",
        "Transformer",
        ECONOMY,
        60,
        # steepest: the oil's time constant is hours (IEC 60076-7); the number is a default
        (
            Metric("load", "负载率", "%", 0, 300, still_s=6 * HOUR),
            Metric("temp", "油温", "℃", -40, 200, steepest=10),
        ),
    ),
    Kind(
        "pump",
        "排水泵站",
        "Drainage pump",
        SAFETY,
        30,
        (
            Metric("forebay", "前池水位", "m", -5, 15, 2),
            Metric("flow", "流量", "m³/h", 0, 50000, 0),
        ),
    ),
    Kind(
        "elevator",
        "电梯",
        "Elevator",
        SAFETY,
        120,
        (Metric("trapped", "困人", "", 0, 1, 0), Metric("trips", "小时运行次数", "次", 0, 2000, 0)),
    ),
    Kind(
        "gateway",
        "物联网关",
        "Gateway",
        GOVERN,
        60,
        (Metric("children", "在线子设备", "台", 0, 100000, 0),),
    ),
)

BY_CODE: dict[str, Kind] = {kind.code: kind for kind in KINDS}
INDEX: dict[str, int] = {kind.code: i for i, kind in enumerate(KINDS)}
