// Pieces that several views are made of.

import { h } from "./dom.js";
import { word } from "./words.js";
import { address } from "./state.js";

export function card(title, ...content) {
  return h("section", { class: "card" }, title && h("h2", {}, title), content);
}

/** tone: "good", "warn", "bad" or none. */
export function pill(text, tone = "") {
  return h("span", { class: `pill ${tone}` }, text);
}

/** A designed nothing: what is missing, and what brings it. */
export function nothing(title, sentence, ...more) {
  return h("section", { class: "nothing" }, h("h2", {}, title), h("p", {}, sentence), more);
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

/** What a chart shows, for those who do not see it; a view has one of each summary. */
export function folded(summary, content) {
  return h("details", {}, h("summary", { id: summary.toLowerCase().replaceAll(" ", "-") }, summary), content);
}

export const SEVERITY = { high: "bad", medium: "warn", low: "" };
