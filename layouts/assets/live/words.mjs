// The words that the browser code itself shows; all other text is written by layouts/text.py.

const ZH = {
  seconds: "秒", minutes: "分钟", minute: "分", hours: "小时", days: "天",
  left: (span) => `剩 ${span}`, over: (span) => `超期 ${span}`, never: "从未",
  link: { waiting: "连接中…", live: "实时", lost: "连接中断" },
  feed: { fresh: "数据", stale: "数据陈旧", none: "无数据" },
  sound: { off: "声音未启用", armed: "声音已启用", muted: "已静音" },
  soundHint: "点击任意处启用声音",
  weekdays: "日一二三四五六",
  weekday: (day) => `星期${day}`,
  since: (time, age) => `自 ${time}(已 ${age})`,
  feeds: { telemetry: "感知数据", report: "网格上报", order: "12345 工单", position: "人员位置" },
  roles: { ingest: "接入", watch: "研判", clock: "时限", archive: "归档", web: "推送", simulator: "模拟" },
  marks: {
    socket: ["推送中断", "全屏数字、列表和地图停在中断前,不可作为当前情况"],
    redis: ["实时库(Redis)中断", "设备状态、读数和人员位置不再更新"],
    ledger: ["台账库中断", "案件、任务和预警不能保存,操作会失败"],
    feed: ["数据源中断", "来自该数据源的数字和图标已陈旧"],
    role: ["后台进程停止", "由它产生的内容不再更新"],
    asleep: ["本机曾休眠", "正在补齐休眠期间的变化,此前的数字不可信"],
    skew: ["本机时钟偏差", "页面时间已按服务器校正,请校准本机时钟"],
    points: ["设备点位取不到", "地图上的设备可能不全"],
    snapshot: ["当前情况取不到", "列表和地图可能不全,正在重试"],
    session: ["登录已失效", "页面不再更新,请重新登录"],
    edition: ["系统已升级", "此页面仍是旧版,显示可能不全,请刷新页面"],
  },
  roleDoubt: {
    ingest: "新数据未入库,地图和体征不再更新", watch: "不再产生和解除预警,设备在线状态停止更新",
    clock: "时限与升级停止计算,超期不会提示", archive: "历史曲线暂不增加(实时不受影响)",
  },
  skew: (seconds) => (seconds > 0 ? `本机慢 ${seconds} 秒` : `本机快 ${-seconds} 秒`),
  signIn: "重新登录",
  mute: { title: "静音原因", reasons: ["演练中", "正在通话", "已知故障", "夜间值守另有通知"], minutes: "10 分钟后自动恢复", cancel: "取消" },
  help: { title: "快捷键", close: "关闭", keys: [["0–4", "全部 / 四个领域"], ["A", "下一条未确认预警 / 确认"], ["D", "派单"], ["/", "搜索"],
    ["Esc", "关闭卡片 / 返回上一级"], ["M", "静音(需原因)"], ["?", "本说明"]] },
};

/** @type {typeof ZH} */
const EN = {
  seconds: "s", minutes: "min", minute: "min", hours: "h", days: "d",
  left: (span) => `${span} left`, over: (span) => `${span} late`, never: "never",
  link: { waiting: "Connecting…", live: "Live", lost: "Disconnected" },
  feed: { fresh: "Data", stale: "Data stale", none: "No data" },
  sound: { off: "Sound not armed", armed: "Sound armed", muted: "Muted" },
  soundHint: "Click anywhere to arm the sound",
  weekdays: "0123456",
  weekday: (day) => ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"][Number(day)],
  since: (time, age) => `since ${time} (${age})`,
  feeds: { telemetry: "sensor data", report: "grid reports", order: "12345 orders", position: "workers' places" },
  roles: { ingest: "ingest", watch: "watch", clock: "clock", archive: "archive", web: "push", simulator: "simulator" },
  marks: {
    socket: ["Push lost", "numbers, lists and map stand still and are not the present"],
    redis: ["Live store (Redis) lost", "device states, readings and workers' places no longer change"],
    ledger: ["Ledger lost", "cases, tasks and alerts cannot be saved; actions will fail"],
    feed: ["Feed lost", "numbers and marks of this feed are old"],
    role: ["Process stopped", "what it produces no longer changes"],
    asleep: ["This computer slept", "catching up; the numbers until now cannot be trusted"],
    skew: ["This computer's clock is wrong", "times shown follow the server; set this clock"],
    points: ["Devices cannot be fetched", "devices on the map may be incomplete"],
    snapshot: ["The present state cannot be fetched", "lists and map may be incomplete; trying again"],
    session: ["Signed out", "the page no longer changes; sign in again"],
    edition: ["The system was upgraded", "this page is the old one and may be incomplete; reload it"],
  },
  roleDoubt: {
    ingest: "new data is not stored; map and figures stand still", watch: "alerts are neither raised nor cleared",
    clock: "deadlines and escalation stand still", archive: "history does not grow (live is not affected)",
  },
  skew: (seconds) => (seconds > 0 ? `${seconds} s slow` : `${-seconds} s fast`),
  signIn: "Sign in",
  mute: { title: "Why mute?", reasons: ["Drill", "On a call", "Known fault", "Others are on watch"], minutes: "ends after 10 minutes", cancel: "Cancel" },
  help: { title: "Keys", close: "Close", keys: [["0–4", "all / the four domains"], ["A", "next unacknowledged alert / acknowledge"], ["D", "dispatch"],
    ["/", "search"], ["Esc", "close card / one level up"], ["M", "mute (with a reason)"], ["?", "this card"]] },
};

/** @param {string} locale @returns {typeof ZH} */
export const wordsOf = (locale) => (locale?.startsWith("en") ? EN : ZH);
