// Words of the replay.

const ZH = {
  replay: {
    badge: "回放", paused: "已暂停", waiting: "读取中…", failed: "历史数据读取失败，正在重试", ended: "已到当前时刻", live: "回到实时",
    rest: "列表、数字与声音为实时", red: (n) => (n > 1 ? `有 ${n} 条新的红色预警` : "有新的红色预警"), card: "卡片为实时数据",
    at: (time) => `回放 ${time}`, now: (time) => `实时 ${time}`, said: { playing: "回放开始", paused: "回放暂停", live: "已回到实时" },
    date: "选择更早的时刻", gone: "该时刻没有历史数据", step: "后退、前进 1 分钟",
  },
};

/** @type {typeof ZH} */
const EN = {
  replay: {
    badge: "Replay", paused: "paused", waiting: "loading…", failed: "History cannot be read, trying again", ended: "this is the present", live: "Back to live",
    rest: "Lists, figures and sound are live", red: (n) => (n > 1 ? `${n} new red alerts` : "A new red alert"), card: "This card is live",
    at: (time) => `Replay ${time}`, now: (time) => `Live ${time}`, said: { playing: "Replay plays", paused: "Replay paused", live: "Back to live" },
    date: "Choose an earlier moment", gone: "There is no history of that moment", step: "Back or on 1 minute",
  },
};

export const REPLAY = { zh: ZH, en: EN };
