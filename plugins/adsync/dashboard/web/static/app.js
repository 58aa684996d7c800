// Keeps the screen in step with the address: one call per change, the latest wins, and every state has its look.

import { ask } from "./api.js";
import { controls, standing, views } from "./frame.js";
import { h } from "./dom.js";
import { nothing } from "./parts.js";
import { here, question, remember } from "./state.js";
import { word } from "./words.js";
import * as alerts from "./views/alerts.js";
import * as campaign from "./views/campaign.js";
import * as campaigns from "./views/campaigns.js";
import * as health from "./views/health.js";
import * as orders from "./views/orders.js";
import * as overview from "./views/overview.js";
import * as reconciliation from "./views/reconciliation.js";

const DRAW = { alerts, campaign, campaigns, health, orders, overview, reconciliation };
const AGAIN = 5 * 60_000;
const main = document.getElementById("view");
let asking = new AbortController();
let shown = "";
let last = { asked: "", answer: null };

/** Ask and draw; an answer that is at hand is only drawn again, unless the reader wants a new one. */
async function show({ anew = false } = {}) {
  const place = here();
  const asked = question(place);
  asking.abort();
  if (!anew && asked === last.asked) return draw(place, last.answer);
  asking = new AbortController();
  const { signal } = asking;
  waiting(place, shown === place.view);
  try {
    const answer = await ask(asked, signal);
    last = { asked, answer };
    draw(place, answer);
  } catch (error) {
    if (!signal.aborted) broken(error);
  }
  return undefined;
}

function waiting(place, keep) {
  main.setAttribute("aria-busy", "true");
  if (keep) return;
  say(`Loading ${word(place.view)}`);
  const bones = [1, 2, 3].map(() => h("div", { class: "bone" }));
  kept(() => main.replaceChildren(h("div", { class: "loading", "aria-hidden": "true" }, bones)));
}

function draw(place, answer) {
  const turned = shown !== place.view;
  shown = place.view;
  if (answer.workspace) remember("workspace", answer.workspace.id);
  document.title = `${word(place.view)} – Ads`;
  kept(() => {
    views(place);
    controls(place, answer);
    standing(place, answer);
    main.replaceChildren(h("h2", { class: "unseen", id: "heading" }, word(place.view)), ...content(place, answer));
  });
  main.removeAttribute("aria-busy");
  if (turned) turnedTo();
  say(`${word(place.view)} is up to date`);
}

/** What is drawn anew stays unfolded and keeps the focus; if it is gone, the view has it, and not the top of the page. */
function kept(change) {
  const before = document.activeElement;
  const unfolded = [...main.querySelectorAll("details[open] > summary")];
  change();
  for (const { id } of unfolded) document.getElementById(id)?.parentElement.setAttribute("open", "");
  if (before.isConnected) return;
  const again = before.id && document.getElementById(before.id);
  (again || main).focus({ preventScroll: true });
}

/** Who has chosen a view goes on inside it, as on a new page. */
function turnedTo() {
  window.scrollTo(0, 0);
  if (document.activeElement.closest("nav")) main.focus({ preventScroll: true });
}

function content(place, answer) {
  if (!answer.workspace) {
    return [
      nothing(
        "Nothing is connected yet",
        "No workspace is known. Name your workspaces and accounts in workspaces.yaml; the first sync brings them here.",
      ),
    ];
  }
  if (answer.missing.includes("dashboard_metrics")) {
    return [
      nothing(
        "The first figures are on their way",
        "The marts have not been built yet. The DAG transform builds them, once any sync has brought rows.",
      ),
    ];
  }
  return [DRAW[place.view].draw(answer, { place, reload: () => show({ anew: true }) })].flat().filter(Boolean);
}

const BROKEN = {
  login: ["You have been signed out", "Sign in to Airflow again, then come back here."],
  refused: ["You may not see this", "Airflow's administrator decides who may open plugins' pages."],
  absent: ["There is nothing here", ""],
  away: ["The figures cannot be read just now", ""],
};

function broken(error) {
  const [title, advice] = BROKEN[error.kind] ?? ["The page could not be drawn", ""];
  if (!error.kind) console.error(error);
  shown = "";
  last = { asked: "", answer: null };
  const again = h("button", { type: "button", onclick: () => show({ anew: true }) }, "Try again");
  const start = h("a", { href: "#/overview", class: "button" }, "Back to the overview");
  const sentence = advice || error.message;
  const actions = h("p", { class: "actions" }, again, error.kind === "absent" && start);
  main.removeAttribute("aria-busy");
  kept(() => {
    views(here());
    main.replaceChildren(h("div", { role: "alert" }, nothing(title, sentence, actions)));
  });
}

function say(text) {
  document.getElementById("said").textContent = text;
}

window.addEventListener("hashchange", () => show());
// Without the address, which says where the reader is.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
// A page that was left open must not be believed for ever.
setInterval(
  () => document.visibilityState === "visible" && !document.querySelector("input:focus") && show({ anew: true }),
  AGAIN,
);
show();
