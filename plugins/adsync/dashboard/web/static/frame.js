// What stands around every view: workspace, period, theme and direction; the list of views; how far to trust it all.

import { h } from "./dom.js";
import { day, instant } from "./format.js";
import { pill } from "./parts.js";
import { PERIODIC, PERIODS, VIEWS, address, here, recall, remember } from "./state.js";
import { word } from "./words.js";

const root = document.documentElement;
const THEMES = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

export function views(place) {
  const current = place.view === "campaign" ? "campaigns" : place.view;
  const links = VIEWS.map((view) => link(view, view === current));
  document.getElementById("views").replaceChildren(...links);
  inSight(links[VIEWS.indexOf(current)]);
}

function link(view, isCurrent) {
  const onfocus = ({ target }) => inSight(target);
  return h("a", { id: `view-${view}`, href: address({ view }), "aria-current": isCurrent && "page", onfocus }, word(view));
}

/** On a narrow screen the list scrolls, and a browser leaves the half of a focused link hidden. */
function inSight(link) {
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
}

export function controls(place, answer) {
  const box = document.getElementById("controls");
  box.replaceChildren(
    ...[
      answer.workspaces.length > 0 && workspaces(answer),
      PERIODIC.has(place.view) && periods(place),
      theme(),
      direction(),
    ].filter(Boolean),
  );
}

function workspaces({ workspace, workspaces: all }) {
  const pick = h(
    "select",
    {
      id: "workspace",
      onchange: () => {
        location.hash = address({ workspace: pick.value, ...elsewhere() });
      },
    },
    all.map(({ id, name }) => h("option", { value: id, selected: id === workspace?.id }, name)),
  );
  return h("label", { class: "pick", for: "workspace" }, h("span", { class: "unseen" }, "Workspace"), pick);
}

/** A campaign belongs to its workspace; in another one, its list is the nearest thing. */
function elsewhere() {
  return here().view === "campaign" ? { view: "campaigns" } : {};
}

function periods(place) {
  const choice = (period) => [
    h("input", {
      type: "radio",
      name: "period",
      id: `period-${period}`,
      checked: period === place.period,
      onchange: () => {
        location.hash = address({ ...place, period });
      },
    }),
    h("label", { for: `period-${period}` }, word(period)),
  ];
  return h("fieldset", { class: "segments" }, h("legend", { class: "unseen" }, "Period"), PERIODS.map(choice));
}

function theme() {
  const names = Object.keys(THEMES);
  const now = names.includes(recall("theme")) ? recall("theme") : (root.dataset.theme ?? "auto");
  const next = names[(names.indexOf(now) + 1) % names.length];
  const turn = () => {
    if (next === "auto") delete root.dataset.theme;
    else root.dataset.theme = next;
    remember("theme", next);
    again();
  };
  return h("button", {
    type: "button",
    id: "theme",
    class: `icon ${now}`,
    title: THEMES[now],
    "aria-label": `${THEMES[now]}. Change`,
    onclick: turn,
  });
}

function direction() {
  const turn = () => {
    root.dir = root.dir === "rtl" ? "ltr" : "rtl";
    remember("dir", root.dir);
    again();
  };
  const label = root.dir === "rtl" ? "Right to left. Change" : "Left to right. Change";
  return h("button", {
    type: "button",
    id: "direction",
    class: "icon direction",
    title: label,
    "aria-label": label,
    onclick: turn,
  });
}

/** Charts read their colours when they are drawn: nothing is asked for, only drawn again. */
function again() {
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

/** As of when, what may still change, who is missing: the reader's measure of trust. */
export function standing(place, { view, workspace, meta, missing, periods: spans }) {
  const box = document.getElementById("standing");
  if (!workspace || missing.includes("dashboard_metrics")) return box.replaceChildren();
  if (!meta) {
    const said =
      "The dashboard was not refreshed within the last hour, so its figures have been taken down. " +
      "Look at the DAG transform; the tables below are from its last run.";
    return box.replaceChildren(
      h("div", { class: "banner warn", role: "note" }, h("strong", {}, "Figures are out of date."), " ", said),
    );
  }
  const stale = meta.stale_accounts.length;
  return box.replaceChildren(
    h(
      "p",
      { class: "standing" },
      h("span", {}, `As of ${instant(meta.as_of, workspace.timezone)}, ${workspace.timezone}`),
      meta.provisional_from && pill(`Provisional from ${day(meta.provisional_from)}`),
      stale > 0 &&
        view !== "overview" &&
        h(
          "a",
          { href: address({ view: "health" }) },
          pill(`${stale} ${stale === 1 ? "account is" : "accounts are"} stale`, "warn"),
        ),
      stale === 0 && lacking(spans, PERIODIC.has(view) ? place.period : "today"),
    ),
  );
}

/** What the figures on the screen lack: today's rest, or the first days, when an account's history is shorter. */
function lacking(spans, period) {
  if (spans.today?.complete === false) return pill("Today is not complete yet");
  return spans[period]?.complete === false && pill(`Not every account is read back to ${day(spans[period].first_day)}`);
}
