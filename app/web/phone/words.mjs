// Every word of the phone, zh-CN first. `word(key, values)` fills {name}.

const ZH = {
  page: "城运 · 我的任务", mine: "我的任务", counts: "{n} 件", overdue: "{n} 件超期", later: "之后", none: "现在没有任务",
  none_more: "新任务会响铃提醒", none_offline: "离线时收不到新任务，联网后自动收取", unsent: "已完成，待发送", step_returned: "已退回", online: "在线", offline: "离线", waiting: "待发 {n}", refused: "未被接受 {n}",
  sign_in: "请重新登录，待发内容会保留", sign_in_button: "去登录", report: "＋ 上报", back: "返回",
  accept: "签收", arrive: "到场", finish: "处置完成（拍照）", done: "已完成", return: "退回",
  step_delivered: "已送达", step_seen: "已查看", step_accepted: "签收", step_arrived: "到场", step_done: "完成",
  placed: "位置", distance: "距离", unknown_place: "未知（未开定位）", by: "要求", by_when: "{time} 前完成", source: "派单人", caller: "来电人",
  hint: "注意", address: "地址", description: "情况", case: "案件", navigate: "导航", photos: "照片", left: "剩 {span}",
  span_minutes: "{n} 分", span_hours: "{n} 小时 {rest} 分", span_days: "{n} 天 {rest} 小时",
  late: "超期 {span}", minutes: "分钟", hours: "小时", late_short: "超期",
  pending_send: "待发", pending_note: "已记下，联网后自动送出", photo_needed: "请先拍照，照片是办结凭证", take_photo: "拍照", retake: "再拍一张",
  finish_note: "处置说明（可不填）", send: "提交", cancel: "取消", return_why: "退回理由（必填）",
  return_needed: "请写明退回理由", return_hint: "例如：不属于本网格、需要专业队伍、现场已无此情况",
  report_title: "上报", report_what: "是什么", report_text: "补充说明", report_place: "位置",
  report_here: "当前位置", report_waiting_place: "正在定位…", report_no_place: "没有定位，请写明地点",
  report_where: "地点，例如：清潭三村 15 幢旁", report_kind_needed: "请选择一类", report_place_needed: "没有定位时请写明地点", report_place_awaited: "正在定位：请稍候再送，或写明地点",
  report_sent: "已记录，将自动送出", duty_on: "在岗 · 定位已开", duty_off: "离岗 · 不定位", duty_blind: "在岗 · 未取得定位，请在手机设置中允许",
  duty_note: "仅在岗时上报位置", outbox: "待发清单", outbox_empty: "全部已送出", outbox_retry: "现在重试",
  drop: "移除", refused_why: "未被接受：{why}", new_task: "新任务：{title}", level_1: "蓝", level_2: "黄", level_3: "橙", level_4: "红",
  act_accept: "签收", act_arrive: "到场", act_finish: "处置完成", act_return: "退回", act_see: "查看", act_deliver: "送达", act_duty: "上下岗",
  act_report: "上报", clock_wrong: "手机时间与服务器相差 {span}，请校准", sign_out: "退出", storage_full: "手机存储已满，未能保存，请清理后重试",
  meters: "{n} 米", kilometers: "{n} 公里", closed: "任务已结束或已撤回",
};

const EN = {
  page: "City operations · My tasks", mine: "My tasks", counts: "{n}", overdue: "{n} overdue", later: "Next", none: "No task now",
  none_more: "A new task rings", none_offline: "Offline: new tasks come when you are back", unsent: "Done, to be sent", step_returned: "returned", online: "online", offline: "offline", waiting: "{n} to send", refused: "{n} refused",
  sign_in: "Please sign in again; what waits is kept", sign_in_button: "Sign in", report: "+ Report", back: "Back",
  accept: "Accept", arrive: "Arrived", finish: "Done (photo)", done: "Done", return: "Return",
  step_delivered: "delivered", step_seen: "seen", step_accepted: "accepted", step_arrived: "arrived", step_done: "done",
  placed: "Place", distance: "Distance", unknown_place: "unknown (location off)", by: "Due", by_when: "before {time}", source: "Sent by", caller: "Caller",
  hint: "Careful", address: "Address", description: "What", case: "Case", navigate: "Navigate", photos: "Photos", left: "{span} left",
  span_minutes: "{n} min", span_hours: "{n} h {rest} min", span_days: "{n} d {rest} h",
  late: "{span} late", minutes: "min", hours: "h", late_short: "late",
  pending_send: "to send", pending_note: "kept; goes out when online", photo_needed: "Take a photo first: it is the proof", take_photo: "Take photo", retake: "One more",
  finish_note: "Note (optional)", send: "Send", cancel: "Cancel", return_why: "Why (required)",
  return_needed: "Say why you return it", return_hint: "e.g. not in my grid, needs a special team, nothing there",
  report_title: "Report", report_what: "What is it", report_text: "More", report_place: "Place",
  report_here: "Here", report_waiting_place: "Looking for the place…", report_no_place: "No location: write where",
  report_where: "Where, e.g. beside building 15", report_kind_needed: "Choose one", report_place_needed: "Without location, write where it is", report_place_awaited: "Looking for the place: send in a moment, or write where it is",
  report_sent: "Kept; it is sent by itself", duty_on: "On duty · location on", duty_off: "Off duty · no location", duty_blind: "On duty · no location: please allow it",
  duty_note: "Location is sent on duty only", outbox: "To send", outbox_empty: "Everything is sent", outbox_retry: "Try now",
  drop: "Remove", refused_why: "Refused: {why}", new_task: "New task: {title}", level_1: "blue", level_2: "yellow", level_3: "orange", level_4: "red",
  act_accept: "Accept", act_arrive: "Arrived", act_finish: "Done", act_return: "Return", act_see: "Seen", act_deliver: "Delivered", act_duty: "On or off duty",
  act_report: "Report", clock_wrong: "This phone's clock is {span} off, please set it", sign_out: "Sign out", storage_full: "The phone's storage is full; make room and try again",
  meters: "{n} m", kilometers: "{n} km", closed: "The task has ended or was withdrawn",
};

export const LANGUAGES = { "zh-CN": ZH, en: EN };

let words = ZH;

/** @param {string} language */
export function speak(language) {
  words = language in LANGUAGES ? LANGUAGES[language] : ZH;
  if (!globalThis.document) return; // in the service worker, and in tests
  document.title = word("page");
  document.documentElement.lang = words === ZH ? "zh-CN" : language;
}

/** @param {string} key @param {Record<string, string | number>} [values] */
export function word(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
