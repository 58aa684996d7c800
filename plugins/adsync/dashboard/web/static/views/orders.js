// View orders: why an order was attributed to its campaign or to none, with every touch and its verdict.

import { h } from "../dom.js";
import { instant, money } from "../format.js";
import { campaignLink, emptyState, pill, platformName } from "../parts.js";
import { address } from "../state.js";
import { word } from "../words.js";

export function draw({ data, workspace, missing }, { place }) {
  if (missing.includes("order_explanations"))
    return emptyState("No explanations yet", "The next run of the DAG transform builds them.");
  return [search(place), found(data.orders, workspace, place)].flat();
}

function search(place) {
  const text = h("input", { type: "search", id: "order", value: place.q, placeholder: "#1001", dir: "auto" });
  const go = (event) => {
    event.preventDefault();
    location.hash = address({ view: "orders", q: text.value.trim() });
  };
  return h(
    "form",
    { class: "filters", role: "search", onsubmit: go },
    h("label", { class: "pick wide", for: "order" }, h("span", {}, "Order number or id"), text),
    h("button", { type: "submit", id: "find" }, "Find"),
  );
}

function found(orders, workspace, place) {
  if (orders.length > 0)
    return [
      h("h3", {}, place.q ? "Search results" : "Latest orders"),
      h(
        "ul",
        { class: "cards broad" },
        orders.map((each) => order(each, workspace)),
      ),
    ];
  if (place.q)
    return [
      emptyState(
        "Order not found",
        `This workspace has no order with the number or id ${place.q}.`,
        h("p", {}, h("a", { href: address({ view: "orders" }) }, "Show the latest orders")),
      ),
    ];
  return [emptyState("No orders yet", "Orders appear after the first sync of a store.")];
}

function order(each, workspace) {
  return h(
    "li",
    { class: "card order" },
    h(
      "p",
      { class: "line" },
      h("strong", {}, each.number || each.order_id),
      pill(word(each.outcome), each.outcome === "attributed" ? "good" : ""),
      each.reason && pill(word(each.reason)),
    ),
    h("p", { class: "sentence" }, each.sentence),
    h(
      "p",
      { class: "note" },
      [
        word(each.store_platform),
        instant(each.order_date, workspace.timezone),
        money(each.value, workspace.currency),
      ].join(" · "),
    ),
    each.touches?.length > 0 &&
      h(
        "ol",
        { class: "touches" },
        each.touches.map((touch) => touchItem(touch, workspace)),
      ),
  );
}

function touchItem(touch, workspace) {
  return h(
    "li",
    { class: touch.verdict },
    h("span", { class: "when" }, instant(touch.at, workspace.timezone)),
    h(
      "span",
      {},
      touch.campaign_id
        ? [campaignLink({ ...touch, name: touch.campaign_name }), " ", platformName(touch.platform)]
        : "No campaign",
    ),
    h("span", { class: "note" }, touch.verdict === "won" ? `Won: ${touch.why || word(touch.rule)}` : word(touch.why)),
  );
}
