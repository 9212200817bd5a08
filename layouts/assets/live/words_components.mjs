// Words of the components on the map; names of kinds come from the server's catalogue.

const ZH = {
  states: ["完好", "破损", "丢失", "废弃", "移除"],
  cell: (count, faulty) => `部件 ${count.toLocaleString("zh-CN")} 个${faulty ? ` · 破损或丢失 ${faulty.toLocaleString("zh-CN")}` : ""}`,
  nothing: "尚未导入城市部件",
};

/** @type {typeof ZH} */
const EN = {
  states: ["intact", "broken", "missing", "abandoned", "removed"],
  cell: (count, faulty) => `${count.toLocaleString("en")} components${faulty ? ` · ${faulty.toLocaleString("en")} broken or missing` : ""}`,
  nothing: "No components were imported",
};

/** @param {string} locale @returns {typeof ZH} */
export const componentWords = (locale) => (locale?.startsWith("en") ? EN : ZH);
