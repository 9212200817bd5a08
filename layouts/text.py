"""Every word that the wall and the cockpit show, in Chinese and in English."""

from __future__ import annotations

from app.domain.kinds import BY_CODE

# key: (zh-CN, en). The keys of an enum's words are "<noun>.<value>".
WORDS: dict[str, tuple[str, str]] = {
    # title bar
    "title": ("{city}城市运行一网统管", "{city} City Operations"),
    "shift.day": ("白班", "Day shift"),
    "shift.night": ("夜班", "Night shift"),
    "link": ("实时连接", "Live link"),
    "feed_age": ("数据", "Data"),
    "sound": ("声音未启用", "Sound off"),
    "sign_out": ("退出登录", "Sign out"),
    "to_cockpit": ("驾驶舱", "Cockpit"),
    "to_wall": ("一张图", "The wall"),
    "user_menu": ("账户", "Account"),
    "role.viewer": ("只读", "Viewer"),
    "role.duty_officer": ("值班员", "Duty officer"),
    "role.duty_chief": ("值班长", "Duty chief"),
    "role.dispatcher": ("派遣员", "Dispatcher"),
    "role.dept_handler": ("部门处置", "Department"),
    "role.grid_worker": ("网格员", "Grid worker"),
    "role.street_admin": ("街道管理员", "Street admin"),
    "role.leader": ("领导", "Leader"),
    "role.sys_admin": ("系统管理员", "System admin"),
    # domains
    "domain.all": ("全部", "All"),
    "domain.governance": ("城市治理", "City"),
    "domain.social": ("社会治理", "Social"),
    "domain.safety": ("安全治理", "Safety"),
    "domain.economy": ("经济治理", "Economy"),
    # levels
    "level.0": ("无", "None"),
    "level.1": ("蓝", "Blue"),
    "level.2": ("黄", "Yellow"),
    "level.3": ("橙", "Orange"),
    "level.4": ("红", "Red"),
    # statuses and moves
    "alert.raised": ("未确认", "Unconfirmed"),
    "alert.acknowledged": ("已确认", "Confirmed"),
    "alert.cleared": ("已解除", "Cleared"),
    "case.pending_register": ("待立案", "To register"),
    "case.pending_dispatch": ("待派遣", "To dispatch"),
    "case.pending_handle": ("已派单", "Dispatched"),
    "case.handling": ("处置中", "Handling"),
    "case.pending_check": ("待核查", "To check"),
    "case.closed": ("已结案", "Closed"),
    "case.returned": ("已退回", "Returned"),
    "case.void": ("已作废", "Void"),
    "move.open": ("立为案件", "Open a case"),
    "move.register": ("立案", "Register"),
    "move.dispatch": ("派单", "Dispatch"),
    "move.accept": ("签收", "Accept"),
    "move.return": ("退回", "Return"),
    "move.finish": ("处置完成", "Finish"),
    "move.close": ("核查结案", "Check and close"),
    "move.rework": ("返工", "Rework"),
    "move.void": ("作废", "Void"),
    "move.acknowledge": ("确认", "Confirm"),
    "task.sent": ("已发出", "Sent"),
    "task.delivered": ("已送达", "Delivered"),
    "task.seen": ("已查看", "Seen"),
    "task.accepted": ("已签收", "Accepted"),
    "task.arrived": ("已到场", "On site"),
    "task.done": ("已完成", "Done"),
    "task.returned": ("已退回", "Returned"),
    "task.withdrawn": ("已撤回", "Withdrawn"),
    "source.alert": ("预警", "Alert"),
    "source.grid": ("网格上报", "Grid report"),
    "source.hotline": ("12345", "12345 hotline"),
    "quality.0": ("质量 良", "Quality good"),
    "quality.1": ("质量 存疑", "Quality suspect"),
    "quality.2": ("质量 差", "Quality bad"),
    "quality.3": ("迟到数据", "Late reading"),
    "presence.0": ("尚无数据", "Not heard yet"),
    "presence.1": ("在线", "Online"),
    "presence.2": ("离线", "Offline"),
    # left column
    "tiles": ("城市体征", "Vital signs"),
    "tiles.note": ("{n} 项", "{n} signs"),
    "tiles.stale": (" · {n} 项无数据", " · {n} without data"),
    "tile.aqi": ("空气质量 AQI", "Air quality AQI"),
    "tile.river": ("河道水位", "River level"),
    "tile.rain": ("1 小时雨量", "Rain, 1 hour"),
    "tile.traffic": ("交通指数", "Traffic index"),
    "tile.gas": ("燃气异常点", "Gas alarms"),
    "tile.transformer": ("配变负载率", "Transformer load"),
    "tile.online": ("设备在线率", "Devices online"),
    "tile.hotline": ("12345 今日", "12345 today"),
    "stale": ("数据陈旧", "Stale"),
    "target.max": ("目标 ≤ {value}", "Target ≤ {value}"),
    "target.min": ("目标 ≥ {value}", "Target ≥ {value}"),
    "delta.yesterday": ("较昨日", "vs yesterday"),
    "delta.last_week": ("较上周", "vs last week"),
    "levels": ("当前预警", "Open alerts"),
    "levels.note": ("近 1 小时 {n} 起", "{n} in the last hour"),
    "levels.raised": ("未确认 {n}", "new {n}"),
    "levels.handling": ("处置 {n}", "handled {n}"),
    "trend": ("案件趋势", "Cases"),
    "trend.note": ("件/小时", "per hour"),
    "trend.now": ("近 24 小时 {n}", "24 h: {n}"),
    "trend.before": ("上周同期 {n}", "Last week: {n}"),
    "trend.none": ("上周同期 无记录", "Last week: no record"),
    "trend.unit": ("件", "cases"),
    "hotline": ("12345 热点", "12345 topics"),
    "hotline.note": ("近 24 小时 {n} 件", "{n} in 24 hours"),
    # map
    "map": ("一张图", "The map"),
    "worker": ("网格员", "Worker"),
    "generated": ("街道及以下边界为示意", "Boundaries below district: schematic"),
    "up": ("返回上级", "Up"),
    "search": ("搜索设备、案件、地点", "Search devices, cases, places"),
    "found": ("搜索结果", "Results"),
    "found.device": ("设备", "Device"),
    "found.case": ("案件", "Case"),
    "found.alert": ("预警", "Alert"),
    "found.area": ("区域", "Area"),
    "found.none": ("没有找到“{words}”", "Nothing found for “{words}”"),
    "layers": ("图层", "Layers"),
    "layers.switch": ("显示或隐藏：{layer}", "Show or hide: {layer}"),
    "layers.devices": ("感知设备", "Devices"),
    "layers.offline": ("陈旧/离线", "Stale/offline"),
    "layers.cases": ("在办案件", "Open cases"),
    "layers.workers": ("在岗网格员", "On duty"),
    "layers.ground": ("底色 · 在办案件数", "Ground · open cases"),
    "strip": ("近 12 小时预警", "Alerts, 12 hours"),
    "strip.bar": ("{at} 起 5 分钟：{n} 起，最高 {level}", "5 min from {at}: {n}, worst {level}"),
    "live": ("实时", "Live"),
    "close": ("关闭", "Close"),
    "pick": ("此处有 {n} 项", "{n} things here"),
    # alert card and device card
    "card.level": ("{level}色", "{level}"),
    "card.threshold": ("{level}色阈值", "{level} limit"),
    "card.hold": ("持续 {s} 秒触发", "after {s} s"),
    "card.nearest": ("最近网格员 {name} · {distance}", "Nearest worker {name} · {distance}"),
    "card.advice": ("注意：{advice}", "Careful: {advice}"),
    "card.nobody": ("附近没有在岗网格员", "No worker on duty nearby"),
    "card.no_curve": ("近 1 小时无曲线数据", "No curve for the last hour"),
    "card.escalates": ("升级倒计时", "Escalates in"),
    "card.raised": ("触发 {value} · {at}", "Raised at {value} · {at}"),
    "card.affected": ("影响 {n} 台", "{n} affected"),
    "card.case": ("案件 {id} · {status}", "Case {id} · {status}"),
    "card.curve": ("近 1 小时", "Last hour"),
    "device": ("感知设备", "Device"),
    # right column
    "alerts": ("实时预警", "Live alerts"),
    "alerts.note": ("{n} 起未结", "{n} open"),
    "alerts.more": ("另有 {n} 起，级别较低", "{n} more, lower"),
    "alerts.none": ("当前没有未解除的预警", "No open alerts"),
    "due": ("临期与超期", "Due soon"),
    "due.note": ("临期 {due} · 在办 {open}", "{due} due · {open} open"),
    "due.none": ("没有临期或超期案件", "Nothing due soon"),
    "dispatch": ("派单", "Dispatch"),
    "dispatch.of": ("派单 · {title}", "Dispatch · {title}"),
    "dispatch.empty": ("选择一条预警或案件后派单", "Select an alert or a case"),
    "dispatch.no_case": ("此预警还没有案件", "This alert has no case yet"),
    "dispatch.nobody": ("没有可派的网格员", "Nobody can be sent"),
    "dispatch.unit": ("责任单位 {name}", "Unit {name}"),
    "dispatch.note": ("说明(作废、返工须填)", "A note (needed to void or rework)"),
    "dispatch.sent": ("已派给 {names}", "Sent to {names}"),
    "dispatch.lead": ("{name}（主办）", "{name} (leads)"),
    "dispatch.moved": ("{move}：已完成", "{move}: done"),
    "dispatch.tasks": ("已派任务", "Tasks"),
    "eta": ("{minutes} 分到", "{minutes} min"),
    "reason.own_grid": ("责任网格", "own grid"),
    "reason.same_community": ("同社区", "same community"),
    "reason.same_street": ("同街道", "same street"),
    "reason.near": ("距离 {value}", "{value} away"),
    "reason.far": ("距离 {value}", "{value} away"),
    "reason.load": ("手上 {value} 件", "{value} in hand"),
    "reason.skilled": ("具备专长", "trained for it"),
    "reason.skilled_in": ("具备{value}专长", "trained for {value}"),
    "reason.unskilled": ("未具备专长", "not trained for it"),
    "reason.unskilled_in": ("未具备{value}专长", "not trained for {value}"),
    "reason.position_old": ("位置 {value}前", "position {value} old"),
    "reason.no_position": ("无实时位置", "no live position"),
    "reason.off_duty": ("不在岗", "off duty"),
    "minutes": ("{n} 分钟", "{n} min"),
    "feed.telemetry": ("感知", "Sensor"),
    "feed.report": ("网格上报", "Grid report"),
    "feed.order": ("12345 工单", "12345"),
    "feed.position": ("网格员位置", "Position"),
    # reasons for the lack of a figure
    "why.no_data": ("尚无数据", "No data yet"),
    "why.no_device": ("本区域无此类设备", "No such device here"),
    "why.no_survey": ("尚无回访数据", "No call-backs yet"),
    "why.nothing_due": ("尚无到期案件", "Nothing was due yet"),
    "why.no_history": ("无往期记录", "No earlier record"),
    "none": ("—", "—"),
    # cockpit
    "cockpit": ("{city}领导驾驶舱", "{city} Cockpit"),
    "cockpit.today": ("今日", "Today"),
    "cockpit.at": ("数据截至 {at}", "As of {at}"),
    "figure.opened": ("今日立案", "Opened today"),
    "figure.closed": ("今日结案", "Closed today"),
    "figure.open": ("在办案件", "Open cases"),
    "figure.overdue": ("超期未结", "Overdue"),
    "figure.on_time": ("按期处置率", "On time"),
    "figure.red_orange": ("今日红橙预警", "Red and orange today"),
    "figure.hotline": ("今日 12345", "12345 today"),
    "figure.satisfaction": ("12345 满意率", "12345 satisfaction"),
    "figure.before": ("昨日同时 {n}", "This time yesterday {n}"),
    "figure.target": ("目标 {n}", "Target {n}"),
    "exceptions": ("需要您知道的", "What you should know"),
    "exceptions.note": ("{n} 项例外，其余正常", "{n} exceptions, the rest is normal"),
    "exceptions.none": ("各项正常", "All is normal"),
    "exception.overdue_cases": ("{name}超期案件 {value} 件", "{name}: {value} cases overdue"),
    "exception.red_unacknowledged": ("红色预警未确认 {value} 起", "{value} red alerts unconfirmed"),
    "exception.orange_unacknowledged": ("橙色预警未确认 {value} 起", "{value} orange unconfirmed"),
    "exception.red_in_hand": ("红色预警处置中 {value} 起", "{value} red alerts in hand"),
    "exception.feed_silent": ("{name} 数据中断 {value} 秒", "Feed {name} silent for {value} s"),
    "exception.offline_devices": ("离线设备 {value} 台", "{value} devices offline"),
    "exception.on_time_low": (
        "按期处置率 {value}%，低于目标 {limit}%",
        "On time {value}%, below the target {limit}%",
    ),
    "exception.hotline_surge": (
        "{name} 诉求 {value} 件，上周同期 {limit} 件",
        "{name}: {value} calls, {limit} last week",
    ),
    "see": ("看 {n} 件", "See {n}"),
    "see.rows": ("看明细", "See the rows"),
    "domains": ("各领域", "By domain"),
    "streets": ("街道排名", "Streets"),
    "streets.early": (
        "今日尚无到期案件，暂不排名",
        "Nothing was due today yet: no ranking so far",
    ),
    "streets.formula": (
        "综合 = 按期率 × 50% + 结案率 × 50%(默认口径)",
        "Score = on time × 50% + solved × 50% (default)",
    ),
    "col.rank": ("名次", "Rank"),
    "col.street": ("区域", "Area"),
    "col.domain": ("领域", "Domain"),
    "col.opened": ("立案", "Opened"),
    "col.closed": ("结案", "Closed"),
    "col.open": ("在办", "Open"),
    "col.overdue": ("超期", "Overdue"),
    "col.alerts": ("预警", "Alerts"),
    "col.on_time": ("按期率", "On time"),
    "col.solved": ("结案率", "Solved"),
    "col.score": ("综合", "Score"),
    "col.id": ("编号", "Id"),
    "col.title": ("事项", "Matter"),
    "col.place": ("地点", "Place"),
    "col.status": ("状态", "Status"),
    "col.level": ("级别", "Level"),
    "col.who": ("责任人", "Who"),
    "col.source": ("来源", "Source"),
    "col.at": ("时间", "Time"),
    "col.due": ("时限", "Deadline"),
    "rows": ("明细 · {n} 条", "Rows · {n}"),
    "rows.cut": ("(只列前 {n} 条)", "(first {n} only)"),
    "rows.none": ("没有符合条件的记录", "No rows"),
    "error": ("出错了：{why}", "Something went wrong: {why}"),
    "error.unknown": ("服务器出错，请重试", "The server failed, please try again"),
}

LOCALES = ("zh-CN", "en")
_spoken = {"locale": "zh-CN"}


def speak(locale: str) -> None:
    """Choose the language of this process, once at start; an unknown one means zh-CN."""
    _spoken["locale"] = locale if locale in LOCALES else "zh-CN"


def say(key: str, **values: object) -> str:
    """Return the words for a key, with the values put in; KeyError for a key that is unknown."""
    words = WORDS[key][LOCALES.index(_spoken["locale"])]
    return words.format(**values) if values else words


def kind(code: str) -> str:
    """Return the name of a kind of devices, or its code when the kind is not ours."""
    known = BY_CODE.get(code)
    if known is None:
        return code
    return known.name if _spoken["locale"] == "zh-CN" else known.name_en


def why(code: str | None) -> str:
    """Return the words for the reason why a figure is missing."""
    return say(f"why.{code}") if f"why.{code}" in WORDS else say("why.no_data")


def feed(name: str) -> str:
    """Return the name of a feed, or its code when it is not ours."""
    return say(f"feed.{name}") if f"feed.{name}" in WORDS else name


def locale() -> str:
    """Return the language of this process."""
    return _spoken["locale"]
