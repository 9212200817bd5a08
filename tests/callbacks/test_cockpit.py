"""The cockpit."""

from callbacks import cockpit
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_todays_case_is_counted_everywhere(city, case, red):
    figures, exceptions, domains, streets, at = open_door(cockpit, city, cast.LEADER)["show"](
        "", None
    )
    assert "今日立案 2 件" in reading.words(figures)
    assert "尚无回访数据" in reading.words(figures)
    assert "红色预警未确认 1 起" in reading.words(exceptions)
    assert "安全治理" in reading.words(domains)
    assert city.areas.name(cast.STREET) in reading.words(streets)
    assert at == "数据截至 11-20 17:00:00"
