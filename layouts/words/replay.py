"""The slider of time below the map."""

WORDS: dict[str, tuple[str, str]] = {
    "replay.live": ("实时", "Live"),
    "replay.live.title": ("回到实时", "Back to live"),
    "replay.slider": ("时间：回放的时刻", "Time: the moment of the replay"),
    "replay.toggle": ("播放或暂停（空格）", "Play or pause (Space)"),
    "replay.back": ("后退 1 分钟", "Back 1 minute"),
    "replay.on": ("前进 1 分钟", "Forward 1 minute"),
    "replay.speed": ("回放速度", "Speed of the replay"),
    "replay.times": ("回放 {n}×", "Replay {n}×"),
    "replay.date": ("选择更早的时刻", "Choose an earlier moment"),
}
