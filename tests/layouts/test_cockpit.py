"""The cockpit."""

from layouts import cockpit
from tests.layouts import cockpit_samples, reading, samples


def links(layout):
    return [node["href"] for node in reading.nodes(layout) if node["_type"] == "Link"]


def test_the_page_says_whose_cockpit_it_is():
    assert "钟楼区领导驾驶舱" in reading.words(cockpit.page(samples.page("leader")))


def test_figures_lead_to_their_rows():
    shown = cockpit.figures(cockpit_samples.cockpit())
    words = reading.words(shown)
    for said in ("今日立案", "247 件", "昨日同时 231", "91.3 %", "目标 95"):
        assert said in words
    assert "/cockpit/?what=cases&area=320404&status=open&overdue=true" in links(shown)


def test_a_figure_without_data_says_why_and_leads_nowhere():
    (missing,) = [f for f in cockpit_samples.cockpit()["figures"] if f["value"] is None]
    shown = cockpit.figures({"figures": [missing]})
    assert "— " in reading.words(shown)
    assert "尚无回访数据" in reading.words(shown)
    assert links(shown) == []


def test_exceptions_come_worst_first():
    words = reading.words(cockpit.exceptions(cockpit_samples.cockpit()))
    assert words.index("感知 数据中断 42 秒") < words.index("永红街道超期案件 4 件")
    assert "3 项例外，其余正常" in words


def test_without_exceptions_all_is_normal():
    calm = cockpit_samples.cockpit() | {"exceptions": []}
    assert "各项正常" in reading.words(cockpit.exceptions(calm))


def test_the_ranking_shows_its_formula_and_puts_the_unranked_last():
    words = reading.words(cockpit.streets(cockpit_samples.cockpit()))
    assert "按期率 × 50% + 结案率 × 50%" in words
    assert words.index("荷花池街道") < words.index("西林街道") < words.index("新闸街道")


def test_before_anything_is_due_nobody_is_judged():
    early = [
        s | {"score": None, "on_time": None, "solved": 0.0}
        for s in cockpit_samples.cockpit()["streets"]
    ]
    words = reading.words(cockpit.streets(cockpit_samples.cockpit() | {"streets": early}))
    assert "今日尚无到期案件，暂不排名" in words
    assert "0.0%" not in words
    assert "暂不排名" not in reading.words(cockpit.streets(cockpit_samples.cockpit()))


def test_every_count_of_a_domain_leads_to_its_rows():
    found = links(cockpit.domains(cockpit_samples.cockpit()))
    assert "/cockpit/?what=cases&area=320404&domain=safety&status=open&overdue=true" in found
    assert "/cockpit/?what=cases&area=320404&domain=social&day=opened" in found
    assert "/cockpit/?what=alerts&area=320404&domain=economy" in found


def test_nothing_and_ten_thousand_streets():
    empty = cockpit_samples.cockpit() | {"streets": [], "domains": []}
    assert "街道排名" in reading.words(cockpit.streets(empty))
    one = cockpit_samples.cockpit()["streets"][0]
    many = cockpit_samples.cockpit() | {"streets": [one] * 10_000}
    assert len(links(cockpit.streets(many))) == 50_000


def test_what_lies_in_no_street_leads_to_its_own_rows_and_to_no_area():
    rest = cockpit_samples.cockpit()["streets"][0] | {
        "name": "未落到下级",
        "rest": True,
        "code": "320404",
    }
    table = cockpit.streets(cockpit_samples.cockpit() | {"streets": [rest]})
    links = [node["href"] for node in reading.nodes(table) if "href" in node]
    assert links
    assert all("rest=true" in link for link in links)
