// View campaigns: the campaigns of the period. The server searches, filters, sorts and pages; the address names them.

import { h } from "../dom.js";
import { amount, count, percent, ratio } from "../format.js";
import { campaignLink, card, emptyState, pill, platformName } from "../parts.js";
import { here } from "../state.js";
import { table } from "../table.js";
import { word } from "../words.js";

const TONES = { active: "good", limited: "warn", deleted: "bad" };
const DEFAULT_SORT = "-spend";
const TYPING_PAUSE = 250;

export function draw({ data, workspace, missing }, { place, refine }) {
  if (missing.includes("campaign_periods"))
    return emptyState("No campaigns yet", "The next run of the DAG transform builds them.");
  if (data.total === 0) {
    return emptyState("No spend and no attributed orders in this period", "Try a longer period.");
  }
  const summary = h("p", { class: "note", role: "status" });
  const box = h("div", {});
  const change = async (changes) => {
    const answer = box.isConnected && (await refine({ page: "", ...changes }));
    if (answer) show(answer.data);
  };
  const show = (found) => {
    summary.replaceChildren(h("bdi", {}, summarized(found)));
    keepingFocus(box, () => box.replaceChildren(...listed(found, workspace.currency, change)));
  };
  show(data);
  return card(null, filters(data, place, change), h("div", {}, summary, box));
}

/** Replaces the rows; the same button stays focused. */
function keepingFocus(box, replace) {
  const focused = box.contains(document.activeElement) && document.activeElement.id;
  replace();
  if (focused) (document.getElementById(focused) ?? box.querySelector("[tabindex]"))?.focus();
}

function filters({ platforms, statuses }, place, change) {
  const choose = (name, values) => {
    // A choice from the address stays visible in a period without it.
    const offered = [...new Set([...values, place[name]])].filter(Boolean).sort();
    const pick = h(
      "select",
      { id: `any-${name}`, onchange: () => change({ [name]: pick.value }) },
      h("option", { value: "" }, `Any ${name}`),
      offered.map((value) => h("option", { value, selected: value === place[name] }, word(value))),
    );
    return h("label", { class: "pick" }, h("span", { class: "unseen" }, name), pick);
  };
  let typing = 0;
  const search = () => {
    clearTimeout(typing);
    if (text.value.trim() !== here().q) change({ q: text.value.trim() });
  };
  const text = h("input", {
    type: "search",
    id: "find",
    placeholder: "Name or id",
    dir: "auto",
    maxlength: "200",
    value: place.q,
    oninput: () => {
      clearTimeout(typing);
      typing = setTimeout(search, TYPING_PAUSE);
    },
  });
  const submit = (event) => {
    event.preventDefault();
    search();
  };
  return h(
    "form",
    { class: "filters", role: "search", onsubmit: submit },
    h("label", { class: "pick wide" }, h("span", { class: "unseen" }, "Find a campaign"), text),
    choose("platform", platforms),
    choose("status", statuses),
  );
}

function summarized({ campaigns, found, total, page, pages, page_rows: rows }) {
  const first = (page - 1) * rows + 1;
  const shown = pages > 1 ? `; ${count(first)} to ${count(first + campaigns.length - 1)} listed` : "";
  return `${count(found)} of ${count(total)} campaigns${shown}`;
}

function listed(data, currency, change) {
  if (data.found === 0) return [emptyState("No matching campaigns", "Clear the search or the filters.")];
  const sort = here().sort || DEFAULT_SORT;
  const options = {
    caption: "Campaigns",
    sorted: { key: sort.replace("-", ""), down: sort.startsWith("-") },
    onsort: ({ key, down }) => change({ sort: `${down ? "-" : ""}${key}` }),
    foot: data.found > 1 ? [data.sums] : [],
  };
  return [data.pages > 1 && pager(data, change), table(columns(currency), data.campaigns, options)].filter(Boolean);
}

/** Buttons for the other pages. One without a page stays focusable, so that the focus is not lost at the end. */
function pager({ page, pages }, change) {
  const turn = (id, label, to) => {
    const isAbsent = to < 1 || to > pages;
    const go = () => !isAbsent && change({ page: String(to) });
    return h("button", { type: "button", id, "aria-disabled": isAbsent && "true", onclick: go }, label);
  };
  return h(
    "nav",
    { class: "pager", "aria-label": "Pages" },
    turn("previous-page", "Previous", page - 1),
    h("span", { class: "note" }, h("bdi", {}, `Page ${count(page)} of ${count(pages)}`)),
    turn("next-page", "Next", page + 1),
  );
}

function named(row) {
  const alerts = row.alerts > 0 && pill(`${row.alerts} ${row.alerts === 1 ? "alert" : "alerts"}`, "bad");
  return h("span", { class: "named" }, campaignLink(row), alerts);
}

function columns(currency) {
  return [
    {
      key: "name",
      label: "Campaign",
      show: (_, row) => (row.campaign_id ? named(row) : "Total"),
    },
    { key: "platform", label: "Platform", show: (value) => value && platformName(value) },
    { key: "status", label: "Status", show: (value) => value && pill(word(value), TONES[value]) },
    { key: "spend", label: `Spend, ${currency}`, number: true, show: amount },
    { key: "attributed_orders", label: "Orders", number: true, show: count },
    { key: "attributed_revenue", label: "Attributed", number: true, show: amount },
    { key: "attributed_roas", label: "ROAS", number: true, show: ratio },
    { key: "claimed_revenue", label: "Claimed", number: true, show: amount },
    { key: "claimed_roas", label: "Claimed ROAS", number: true, show: ratio },
    { key: "impressions", label: "Impressions", number: true, show: count },
    { key: "clicks", label: "Clicks", number: true, show: count },
    { key: "ctr", label: "CTR", number: true, show: percent },
    { key: "cpc", label: "CPC", number: true, show: amount },
  ];
}
