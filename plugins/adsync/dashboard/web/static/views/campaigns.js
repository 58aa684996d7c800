// All campaigns of the period: found by name, platform and status, sorted by any column.

import { h } from "../dom.js";
import { amount, count, percent, ratio } from "../format.js";
import { campaignLink, card, nothing, pill, platformName } from "../parts.js";
import { table } from "../table.js";
import { word } from "../words.js";

const TONES = { active: "good", limited: "warn", deleted: "bad" };
// What the reader has set, kept while the page is open.
const wanted = { text: "", platform: "", status: "", sorted: { key: "spend", down: true } };

export function draw({ data, workspace }) {
  if (data.campaigns.length === 0) {
    return nothing("No campaign spent or sold anything in this period", "A longer period may show more.");
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
          wanted[name] = pick.value;
          list();
        },
      },
      h("option", { value: "" }, `Any ${label}`),
      values.map((value) => h("option", { value, selected: value === wanted[name] }, word(value))),
    );
    return h("label", { class: "pick" }, h("span", { class: "unseen" }, label), pick);
  };
  const text = h("input", {
    type: "search",
    id: "find",
    placeholder: "Name or id",
    dir: "auto",
    value: wanted.text,
    oninput: () => {
      wanted.text = text.value;
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
    data.total > data.campaigns.length && `; only the ${count(data.campaigns.length)} most expensive are loaded`,
  );
  if (found.length === 0)
    return h("div", {}, summary, nothing("No campaign fits", "Clear the search or choose any platform and status."));
  const sort = (sorted) => {
    wanted.sorted = sorted;
    list();
    document.getElementById(`sort-${sorted.key}`)?.focus();
  };
  return h(
    "div",
    {},
    summary,
    table(columns(currency), found, { caption: "Campaigns", sorted: wanted.sorted, onsort: sort }),
  );
}

function fits({ name, campaign_id: id, platform, status }) {
  const text = wanted.text.trim().toLocaleLowerCase();
  return (
    (!wanted.platform || platform === wanted.platform) &&
    (!wanted.status || status === wanted.status) &&
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
