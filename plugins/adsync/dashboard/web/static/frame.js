// The frame around every view: navigation, workspace, period, theme, direction, and the status of the data.

import { h } from "./dom.js";
import { day, instant } from "./format.js";
import { pill } from "./parts.js";
import { PERIODIC, PERIODS, VIEWS, address, here, recall, remember } from "./state.js";
import { word } from "./words.js";

const root = document.documentElement;
const THEMES = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" };

export function views(place) {
  const current = place.view === "campaign" ? "campaigns" : place.view;
  const links = VIEWS.map((view) => link(view, view === current));
  document.getElementById("views").replaceChildren(...links);
  scrollIntoSight(links[VIEWS.indexOf(current)]);
}

function link(view, isCurrent) {
  const onfocus = ({ target }) => scrollIntoSight(target);
  const attributes = { id: `view-${view}`, href: address({ view }), "aria-current": isCurrent && "page", onfocus };
  return h("a", attributes, word(view));
}

/** Scrolls a focused link fully into view on narrow screens. */
function scrollIntoSight(link) {
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
        location.hash = address({ workspace: pick.value, ...viewAfterSwitch() });
      },
    },
    all.map(({ id, name }) => h("option", { value: id, selected: id === workspace?.id }, name)),
  );
  return h("label", { class: "pick", for: "workspace" }, h("span", { class: "unseen" }, "Workspace"), pick);
}

/** Returns the list of campaigns from a campaign, which exists only in its workspace. */
function viewAfterSwitch() {
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
        location.hash = address({ ...here(), period, page: "" });
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
    redraw();
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
    redraw();
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

/** Redraws without fetching: charts read their colors when they are drawn. */
function redraw() {
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Shows when the data was refreshed, which days are provisional and which accounts are stale. */
export function dataStatus(place, { view, workspace, meta, missing, periods: spans }) {
  const box = document.getElementById("data-status");
  if (!workspace || missing.includes("dashboard_metrics")) return box.replaceChildren();
  if (!meta) {
    const text =
      "The dashboard was not refreshed within the last hour. Check the DAG transform; " +
      "the tables below are from its last run.";
    return box.replaceChildren(
      h("div", { class: "banner warn", role: "note" }, h("strong", {}, "Cached figures have expired."), " ", text),
    );
  }
  const stale = meta.stale_accounts.length;
  return box.replaceChildren(
    h(
      "p",
      { class: "data-status" },
      h("span", {}, `As of ${instant(meta.as_of, workspace.timezone)}, ${workspace.timezone}`),
      meta.provisional_from && pill(`Provisional from ${day(meta.provisional_from)}`),
      stale > 0 &&
        view !== "overview" &&
        h(
          "a",
          { href: address({ view: "health" }) },
          pill(`${stale} stale ${stale === 1 ? "account" : "accounts"}`, "warn"),
        ),
      stale === 0 && incompleteness(spans, PERIODIC.has(view) ? place.period : "today"),
    ),
  );
}

/** Names the missing data: the rest of today, or the first days of the period if an account's history is shorter. */
function incompleteness(spans, period) {
  if (spans.today?.complete === false) return pill("Today incomplete");
  if (spans[period]?.complete !== false) return null;
  return pill(`Incomplete: some accounts have no data back to ${day(spans[period].first_day)}`);
}
