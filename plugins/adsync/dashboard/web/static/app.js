// Renders the view in the address: one call per change, of which the latest wins.

import { fetchView } from "./api.js";
import { controls, dataStatus, views } from "./frame.js";
import { h } from "./dom.js";
import { emptyState } from "./parts.js";
import { address, here, remember, viewQuery } from "./state.js";
import { word } from "./words.js";
import * as alerts from "./views/alerts.js";
import * as campaign from "./views/campaign.js";
import * as campaigns from "./views/campaigns.js";
import * as health from "./views/health.js";
import * as orders from "./views/orders.js";
import * as overview from "./views/overview.js";
import * as reconciliation from "./views/reconciliation.js";

const DRAW = { alerts, campaign, campaigns, health, orders, overview, reconciliation };
const REFRESH_INTERVAL = 5 * 60_000;
const main = document.getElementById("view");
let pending = new AbortController();
let shown = "";
let last = { requested: "", answer: null };

/** Fetches and draws the view; `force` fetches although the data is loaded. */
async function show({ force = false } = {}) {
  const place = here();
  const requested = viewQuery(place);
  pending.abort();
  if (!force && requested === last.requested) return draw(place, last.answer);
  pending = new AbortController();
  const { signal } = pending;
  loading(place, shown === place.view);
  try {
    const answer = await fetchView(requested, signal);
    last = { requested, answer };
    draw(place, answer);
  } catch (error) {
    if (!signal.aborted) failed(error);
  }
  return undefined;
}

/** Fetches other rows of the drawn view without redrawing it; returns the answer, or null if a later call wins. */
async function refine(changes) {
  const place = { ...here(), ...changes };
  const requested = viewQuery(place);
  history.replaceState(null, "", address(place));
  pending.abort();
  pending = new AbortController();
  const { signal } = pending;
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetchView(requested, signal);
    last = { requested, answer };
    main.removeAttribute("aria-busy");
    return answer;
  } catch (error) {
    if (!signal.aborted) failed(error);
    return null;
  }
}

function loading(place, keep) {
  main.setAttribute("aria-busy", "true");
  if (keep) return;
  announce(`Loading ${word(place.view)}`);
  const bones = [1, 2, 3].map(() => h("div", { class: "bone" }));
  keepingFocus(() => main.replaceChildren(h("div", { class: "loading", "aria-hidden": "true" }, bones)));
}

function draw(place, answer) {
  const isNew = shown !== place.view;
  shown = place.view;
  if (answer.workspace) remember("workspace", answer.workspace.id);
  document.title = `${word(place.view)} – Ads`;
  keepingFocus(() => {
    views(place);
    controls(place, answer);
    dataStatus(place, answer);
    main.replaceChildren(h("h2", { class: "unseen", id: "heading" }, word(place.view)), ...content(place, answer));
  });
  main.removeAttribute("aria-busy");
  if (isNew) enterView();
  announce(`${word(place.view)} is up to date`);
}

/** Applies a change; open details stay open, and a lost focus moves to the view. */
function keepingFocus(change) {
  const before = document.activeElement;
  const open = [...main.querySelectorAll("details[open] > summary")];
  change();
  for (const { id } of open) document.getElementById(id)?.parentElement.setAttribute("open", "");
  if (before.isConnected) return;
  const restored = before.id && document.getElementById(before.id);
  (restored || main).focus({ preventScroll: true });
}

/** Moves into a newly chosen view, as on a new page. */
function enterView() {
  window.scrollTo(0, 0);
  if (document.activeElement.closest("nav")) main.focus({ preventScroll: true });
}

function content(place, answer) {
  if (!answer.workspace) {
    return [
      emptyState(
        "No workspaces yet",
        "Add workspaces and accounts to workspaces.yaml. They appear here after the first sync.",
      ),
    ];
  }
  if (answer.missing.includes("dashboard_metrics")) {
    return [
      emptyState(
        "No figures yet",
        "The marts have not been built. The DAG transform builds them after the first sync.",
      ),
    ];
  }
  return [DRAW[place.view].draw(answer, { place, refine, reload: () => show({ force: true }) })].flat().filter(Boolean);
}

const ERRORS = {
  login: ["Signed out", "Sign in to Airflow, then open this page again."],
  forbidden: ["Access denied", "This page requires Airflow's Plugins permission. Ask an admin."],
  not_found: ["Not found", ""],
  unavailable: ["Figures unavailable", ""],
};

function failed(error) {
  const [title, advice] = ERRORS[error.kind] ?? ["Display error", ""];
  if (!error.kind) console.error(error);
  shown = "";
  last = { requested: "", answer: null };
  const retry = h("button", { type: "button", onclick: () => show({ force: true }) }, "Retry");
  const start = h("a", { href: "#/overview", class: "button" }, "Back to overview");
  const text = advice || error.message;
  const actions = h("p", { class: "actions" }, retry, error.kind === "not_found" && start);
  main.removeAttribute("aria-busy");
  keepingFocus(() => {
    views(here());
    main.replaceChildren(h("div", { role: "alert" }, emptyState(title, text, actions)));
  });
}

function announce(text) {
  document.getElementById("announcement").textContent = text;
}

window.addEventListener("hashchange", () => show());
// Moves the focus without changing the address, which holds the view.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
// A page that stays open is refreshed.
setInterval(
  () => document.visibilityState === "visible" && !document.querySelector("input:focus") && show({ force: true }),
  REFRESH_INTERVAL,
);
show();
