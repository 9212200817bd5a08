"""Units and short notes come from the views in Chinese; here they get their English words."""

from __future__ import annotations

from layouts import text

# longer words first: each is replaced where it stands
ENGLISH = {
    "未落到下级": "not in any of these",
    "个周期": "periods",
    "距警戒": "below warning by",
    "超警戒": "above warning by",
    "最高": "highest",
    "件": "cases",
    "起": "alerts",
    "处": "sites",
    "站": "stations",
    "点": "points",
    "共": "of",
    "秒": "s",
}


def said(words: str) -> str:
    """Return a unit or a note in the language of this process; unknown words stay as they are."""
    if text.locale() == "zh-CN":
        return words
    for chinese, english in ENGLISH.items():
        words = words.replace(chinese, english)
    return words
