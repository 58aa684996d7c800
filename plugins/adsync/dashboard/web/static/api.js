// The page's two calls. What goes wrong becomes one sentence and a kind that decides what the reader can do.

export class Failed extends Error {
  /** kind: "login", "refused", "absent" or "away". */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** One view's whole answer. */
export async function ask(question, signal) {
  return call(`api/${question}`, { signal });
}

export async function acknowledge(alertId) {
  return call(`api/alerts/${alertId}/acknowledge`, { method: "POST" });
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", headers: { Accept: "application/json" }, ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failed("away", "Airflow's API server does not answer.");
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Failed(kind(response.status), body.error ?? `The answer was ${response.status}.`);
}

function kind(status) {
  if (status === 401) return "login";
  if (status === 403) return "refused";
  return status === 404 || status === 400 ? "absent" : "away";
}
