// View campaigns: all campaigns of the period, with filters by name, platform and status.

import { h } from "../dom.js";
import { amount, count, percent, ratio } from "../format.js";
import { campaignLink, card, emptyState, pill, platformName } from "../parts.js";
import { table } from "../table.js";
import { word } from "../words.js";

const TONES = { active: "good", limited: "warn", deleted: "bad" };
// The filters, kept while the page is open.
const filter = { text: "", platform: "", status: "", sorted: { key: "spend", down: true } };

export function draw({ data, workspace }) {
  if (data.campaigns.length === 0) {
    return emptyState("No spend and no attributed orders in this period", "Try a longer period.");
  }
  const box = h("div", {});
  const list = () => box.replaceChildren(listed(data, workspace.currency, list));
  list();
  return card(null, filters(data.campaigns, list), box);
}

function filters(campaigns, list) {
  const choose = (name, label) => {
    const values = [...new Set(campaigns.map((each) => each[name]).filter(Boolean))].sort();
    const pick = h(
      "select",
      {
        id: `any-${name}`,
        onchange: () => {
          filter[name] = pick.value;
          list();
        },
      },
      h("option", { value: "" }, `Any ${label}`),
      values.map((value) => h("option", { value, selected: value === filter[name] }, word(value))),
    );
    return h("label", { class: "pick" }, h("span", { class: "unseen" }, label), pick);
  };
  const text = h("input", {
    type: "search",
    id: "find",
    placeholder: "Name or id",
    dir: "auto",
    value: filter.text,
    oninput: () => {
      filter.text = text.value;
      list();
    },
  });
  return h(
    "form",
    { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    h("label", { class: "pick wide" }, h("span", { class: "unseen" }, "Find a campaign"), text),
    choose("platform", "platform"),
    choose("status", "status"),
  );
}

function listed(data, currency, list) {
  const found = data.campaigns.filter(fits);
  const summary = h(
    "p",
    { class: "note", role: "status" },
    `${count(found.length)} of ${count(data.total)} campaigns`,
    data.total > data.campaigns.length && `; only ${count(data.campaigns.length)} with the highest spend are loaded`,
  );
  if (found.length === 0)
    return h("div", {}, summary, emptyState("No matching campaigns", "Clear the search or the filters."));
  const sort = (sorted) => {
    filter.sorted = sorted;
    list();
    document.getElementById(`sort-${sorted.key}`)?.focus();
  };
  return h(
    "div",
    {},
    summary,
    table(columns(currency), found, { caption: "Campaigns", sorted: filter.sorted, onsort: sort }),
  );
}

function fits({ name, campaign_id: id, platform, status }) {
  const text = filter.text.trim().toLocaleLowerCase();
  return (
    (!filter.platform || platform === filter.platform) &&
    (!filter.status || status === filter.status) &&
    (!text || (name ?? "").toLocaleLowerCase().includes(text) || id.includes(text))
  );
}

function columns(currency) {
  return [
    {
      key: "name",
      label: "Campaign",
      sort: ({ name, campaign_id: id }) => name ?? id,
      show: (_, row) =>
        h(
          "span",
          { class: "named" },
          campaignLink(row),
          row.alerts > 0 && pill(`${row.alerts} ${row.alerts === 1 ? "alert" : "alerts"}`, "bad"),
        ),
    },
    { key: "platform", label: "Platform", show: platformName },
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
