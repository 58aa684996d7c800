// The two API calls of the page. An error has a message and a kind, which decides what the page offers.

export class ApiError extends Error {
  /** kind: "login", "forbidden", "not_found" or "unavailable". */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** Fetches all data of one view. */
export async function fetchView(query, signal) {
  return call(`api/${query}`, { signal });
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
    throw new ApiError("unavailable", "The Airflow API server is unreachable.");
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new ApiError(kind(response.status), body.error ?? `HTTP ${response.status}`);
}

function kind(status) {
  if (status === 401) return "login";
  if (status === 403) return "forbidden";
  return status === 404 || status === 400 ? "not_found" : "unavailable";
}
