// The way to the server: /api/v1 only. Every refusal has the one error shape of the API.

/** A refusal by the server: it will not change by trying again (unless `status` is 401 or >= 500). */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

let token = "";

/** Who is signed in, and the token that every change must carry. */
export async function me() {
  const answer = await call("/api/v1/me");
  token = answer.csrf;
  return answer;
}

export function get(path) {
  return call(path);
}

/** POST JSON, or a FormData as it is; `key` makes the second delivery harmless. */
export async function post(path, body, key) {
  if (!token) await me();
  try {
    return await send(path, body, key);
  } catch (why) {
    if (!(why instanceof Refusal) || why.status !== 403) throw why;
    await me(); // the token may belong to an earlier sign-in: fetch the present one and try once more
    return send(path, body, key);
  }
}

function send(path, body, key) {
  const form = body instanceof FormData;
  const headers = { "X-CSRFToken": token, ...(key && { "Idempotency-Key": key }) };
  if (!form) headers["Content-Type"] = "application/json";
  return call(path, { method: "POST", headers, body: form ? body : JSON.stringify(body) });
}

async function call(path, options = {}) {
  const answer = await fetch(path, { credentials: "same-origin", signal: AbortSignal.timeout(30_000), ...options });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, reason(body, answer.status));
  return body;
}

function reason(body, status) {
  const error = body.error ?? {};
  const fields = Object.values(error.fields ?? {}).join("；");
  return [error.message ?? `HTTP ${status}`, fields].filter(Boolean).join(" ");
}
