// Components that several views share.

import { h } from "./dom.js";
import { word } from "./words.js";
import { address } from "./state.js";

export function card(title, ...content) {
  return h("section", { class: "card" }, title && h("h2", {}, title), content);
}

/** A label with a tone: "good", "warn", "bad" or none. */
export function pill(text, tone = "") {
  return h("span", { class: `pill ${tone}` }, text);
}

/** The empty state of a view: what is missing, and how to get it. */
export function emptyState(title, text, ...more) {
  return h("section", { class: "empty-state" }, h("h2", {}, title), h("p", {}, text), more);
}

export function facts(pairs) {
  return h(
    "dl",
    { class: "facts" },
    pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

export function campaignLink({ platform, campaign_id: id, name }) {
  return h("a", { href: address({ view: "campaign", campaign: `${platform}:${id}` }) }, name || id);
}

export function platformName(code) {
  return h("span", { class: `platform ${code}` }, word(code));
}

/** A disclosure, such as the figures of a chart. Its summary is unique within the view. */
export function disclosure(summary, content) {
  return h("details", {}, h("summary", { id: summary.toLowerCase().replaceAll(" ", "-") }, summary), content);
}

export const SEVERITY = { high: "bad", medium: "warn", low: "" };
