// The state of the page: shareable parts are in the address, personal ones in local storage.

export const VIEWS = ["overview", "campaigns", "reconciliation", "alerts", "health", "orders"];
export const PERIODS = ["today", "7_days", "30_days", "90_days"];
// Views with figures of a period.
export const PERIODIC = new Set(["overview", "campaigns", "reconciliation"]);
const DETAILS = new Set(["campaign"]);

/** Parses {view, workspace, period, campaign, q} from the address. */
export function here() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const asked = Object.fromEntries(new URLSearchParams(query));
  const view = VIEWS.includes(path) || DETAILS.has(path) ? path : "overview";
  const period = PERIODS.includes(asked.period) ? asked.period : "30_days";
  return { workspace: recall("workspace") ?? "", q: "", campaign: "", ...asked, view, period };
}

/** Builds the address of a place. Unnamed parts stay as they are, except search and campaign, which are cleared. */
export function address(place) {
  const { view, workspace, period, campaign, q } = { ...here(), campaign: "", q: "", ...place };
  const query = new URLSearchParams(Object.entries({ workspace, period, campaign, q }).filter(([, value]) => value));
  return `#/${view}?${query}`;
}

/** Builds the query of a place. The response of the overview contains every period. */
export function viewQuery({ view, workspace, period, campaign, q }) {
  const asked = { workspace, period: view === "overview" ? "" : period, campaign, q };
  return `${view}?${new URLSearchParams(Object.entries(asked).filter(([, value]) => value))}`;
}

export function recall(name) {
  try {
    return localStorage.getItem(`ads.${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`ads.${name}`, value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
