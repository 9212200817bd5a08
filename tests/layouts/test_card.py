"""The card of an alert or a device."""

from layouts import card, ids
from tests.layouts import reading, samples, warning_samples


def test_an_alert_says_value_limits_place_and_who_is_near():
    words = reading.words(card.alert(samples.alert_card()))
    wanted = (
        "58.0",
        "%LEL",
        "红色阈值",
        "橙色阈值",
        "持续 60 秒",
        "质量 良",
        "双桂坊 GAS-0417",
    )
    for said in (*wanted, "最近网格员 网格员03 · 210 m", "升级倒计时"):
        assert said in words


def test_confirm_and_dispatch_are_offered_only_where_allowed():
    both = card.alert(samples.alert_card())
    assert ("acknowledge", "A1", None) in reading.actions(both)
    assert ("dispatch", "A1", "alert") in reading.actions(both)
    neither = {action for action, *_ in reading.actions(card.alert(samples.alert_card(may=[])))}
    assert neither == {"up", "nearby"}


def test_the_cameras_are_counted_and_lead_to_their_list():
    shown = card.alert(samples.alert_card())
    assert "摄像头 3 路" in reading.words(shown)
    ways = [value for action, _, value in reading.actions(shown) if action == "nearby"]
    assert [way.split(",")[3] for way in ways] == ["", "cameras"]
    none = card.alert(samples.alert_card(cameras={"near": [], "platform": False}))
    assert "附近无摄像头" in reading.words(none)


def test_what_has_no_place_names_nobody_near_it():
    silent = {"lon": None, "lat": None, "cameras": None, "worker": None, "thresholds": []}
    told = {"device": "source:lora", "device_name": "lora · 路灯所", "value": 95, "unit": "秒"}
    shown = card.alert(samples.alert_card(**silent, **told, digits=0))
    words = reading.words(shown)
    assert "lora · 路灯所" in words
    assert "95 秒" in words
    assert "网格员" not in words
    assert "nearby" not in {action for action, *_ in reading.actions(shown)}


def test_the_countdown_ends_with_the_confirmation():
    calm = card.alert(samples.alert_card(status="acknowledged"))
    assert not any("data-due" in node for node in reading.nodes(calm))


def test_what_is_missing_is_said():
    bare = samples.alert_card(curve=[], worker=None, thresholds=[], hold_s=None, quality=None)
    words = reading.words(card.alert(bare))
    assert "近 1 小时无曲线数据" in words
    assert "附近没有在岗网格员" in words


def test_the_case_of_an_alert_is_one_click_away():
    found = reading.actions(card.alert(samples.alert_card(case_id="ZL1")))
    assert ("select-case", "ZL1", None) in found


def test_a_device_shows_every_metric_and_its_curve():
    shown = card.device(samples.device(), samples.curve())
    words = reading.words(shown)
    for said in ("双桂坊燃气", "在线", "燃气监测", "甲烷浓度", "1.2", "硫化氢", "—"):
        assert said in words
    assert ids.CARD_CURVE in reading.ids(shown)


def test_a_device_that_never_spoke():
    silent = samples.device() | {"last": None, "presence": 0}
    words = reading.words(card.device(silent, samples.curve() | {"points": []}))
    assert "尚无数据" in words
    assert "近 1 小时无曲线数据" in words


def test_the_large_number_is_the_newest_and_the_value_that_raised_is_below_it():
    shown = card.alert(samples.alert_card())
    big = next(node for node in reading.nodes(shown) if "data-live-text" in node)
    assert big["children"] == "0.4"
    assert "触发 58.0 %LEL" in reading.words(shown)
    place = next(node for node in reading.nodes(shown) if node.get("data-live-n") == "12")
    assert (place["data-value"], place["data-digits"]) == ("0.4", "1")
    assert any(node.get("data-stale-after") == "90" for node in reading.nodes(shown))


def test_without_a_newest_value_no_number_looks_current():
    shown = card.alert(samples.alert_card(now=None))
    assert not any("live-number" in str(node.get("className")) for node in reading.nodes(shown))
    assert "触发 58.0 %LEL" in reading.words(shown)


def test_a_warning_says_what_its_issuer_wrote_and_nothing_of_devices():
    words = reading.words(card.alert(warning_samples.warning_card()))
    for part in (
        "雷暴大风黄色预警信号",
        "常州市气象台",
        "钟楼区",
        "阵风8级以上",
        "户外人员",
        "有效至",
    ):
        assert part in words, part
    assert "11-21 18:00 起" in words
    assert "11-21 22:00" in words
    for part in ("网格员", "曲线", "c0ffee"):
        assert part not in words, part


def test_a_warning_of_few_words_is_bare():
    said = warning_samples.warning_card()["warning"] | {
        "headline": "",
        "instruction": "",
        "onset": None,
    }
    words = reading.words(card.alert(warning_samples.warning_card(warning=said)))
    assert "防御指南" not in words
    assert words.count("雷暴大风黄色预警") == 2  # in the head, and in place of the headline


def test_a_doubted_reading_says_why():
    doubts = [
        {"doubt": "unit", "metric": "管网压力", "unit": "kPa"},
        {"doubt": "skew", "metric": "", "unit": ""},
    ]
    one = samples.device()
    one["last"] = one["last"] | {"quality": 2, "doubts": doubts}
    words = reading.words(card.device(one, samples.curve()))
    assert "质量 差 · 管网压力疑似以 kPa 上报 · 时钟偏差" in words
    alert = samples.alert_card() | {"quality": 2, "doubts": doubts[1:]}
    assert "质量 差 · 时钟偏差" in reading.words(card.alert(alert))
