// The state of the page: shareable parts are in the address, personal ones in local storage.

export const VIEWS = ["overview", "campaigns", "reconciliation", "alerts", "health", "orders"];
export const PERIODS = ["today", "7_days", "30_days", "90_days"];
// Views with figures of a period.
export const PERIODIC = new Set(["overview", "campaigns", "reconciliation"]);
const DETAILS = new Set(["campaign"]);

// Parts of the address that belong to one view. `sort` is a column, after a minus if it is descending.
const OWN = { campaign: "", q: "", platform: "", status: "", sort: "", page: "" };

/** Parses {view, workspace, period, campaign, q, ...} from the address. */
export function here() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const asked = Object.fromEntries(new URLSearchParams(query));
  const view = VIEWS.includes(path) || DETAILS.has(path) ? path : "overview";
  const period = PERIODS.includes(asked.period) ? asked.period : "30_days";
  return { workspace: recall("workspace") ?? "", ...OWN, ...asked, view, period };
}

/** Builds the address of a place. Unnamed parts stay as they are, except those of one view, which are cleared. */
export function address(place) {
  const { view, ...parts } = { ...here(), ...OWN, ...place };
  return `#/${view}?${query(parts)}`;
}

/** Builds the query of a place. The response of the overview contains every period. */
export function viewQuery({ view, ...parts }) {
  return `${view}?${query({ ...parts, period: view === "overview" ? "" : parts.period })}`;
}

function query({ workspace, period, ...parts }) {
  const own = Object.keys(OWN).map((name) => [name, parts[name]]);
  return new URLSearchParams([["workspace", workspace], ["period", period], ...own].filter(([, value]) => value));
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
