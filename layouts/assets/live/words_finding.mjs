// Words of the search, the pin, the keyboard on the map and links.

const ZH = {
  found: (n) => `找到 ${n} 项，上下方向键选择，回车打开`,
  pin: { place: "地点", about: (m) => `约 ±${m} m`, certain: (share) => `可信度 ${share}%`, near: "附近资源", clear: "清除标记" },
  share: { copied: "链接已复制", failed: "浏览器不允许复制，请从地址栏复制" },
  map: {
    label: "一张图：方向键选择下级区域，回车进入，Esc 返回上级；J 逐个查看图上的预警、案件和人员，加减号缩放，Shift 加方向键平移",
    here: (path) => `当前区域：${path}`, chosen: (name, figure) => `${name}${figure ? ` ${figure}` : ""}，回车进入`,
    none: "这个方向没有下级区域", nothing: "图上没有预警、案件、人员或单台设备", stop: (words, n, of) => `${words}（${n}/${of}）`,
    levels: { none: "", blue: "蓝色", yellow: "黄色", orange: "橙色", red: "红色" }, unseen: "未确认", late: "超期",
    alert: (level) => `${level}预警`, case: "案件", worker: "网格员", device: "设备", cluster: (n) => `${n} 台设备`,
  },
};

/** @type {typeof ZH} */
const EN = {
  found: (n) => `${n} found; arrow keys choose, Enter opens`,
  pin: { place: "Place", about: (m) => `about ±${m} m`, certain: (share) => `${share}% sure`, near: "Nearby", clear: "Clear the pin" },
  share: { copied: "Link copied", failed: "The browser forbids copying: take it from the address bar" },
  map: {
    label: "The map: arrow keys choose an area below, Enter goes down, Esc goes up; J steps through alerts, cases and people in view, plus and minus zoom, Shift and arrows pan",
    here: (path) => `Now: ${path}`, chosen: (name, figure) => `${name}${figure ? ` ${figure}` : ""}, Enter goes down`,
    none: "No area below in this direction", nothing: "No alert, case, worker or single device in view", stop: (words, n, of) => `${words} (${n}/${of})`,
    levels: { none: "", blue: "blue", yellow: "yellow", orange: "orange", red: "red" }, unseen: "unacknowledged", late: "overdue",
    alert: (level) => `${level} alert`, case: "case", worker: "worker", device: "device", cluster: (n) => `${n} devices`,
  },
};

export const FINDING = { zh: ZH, en: EN };
