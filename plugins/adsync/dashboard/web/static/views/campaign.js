// View campaign: details, alerts and issues, figures by day, and attributed orders.

import { chart } from "../chart.js";
import { h } from "../dom.js";
import { amount, count, fullDay, instant, percent, ratio, tenths } from "../format.js";
import { card, facts, disclosure, emptyState, pill, platformName, SEVERITY } from "../parts.js";
import { address } from "../state.js";
import { table } from "../table.js";
import { word } from "../words.js";

export function draw(answer) {
  const { data, workspace } = answer;
  const back = h("p", {}, h("a", { href: address({ view: "campaigns" }) }, "All campaigns"));
  if (!data.campaign)
    return [
      back,
      emptyState(
        "Unknown campaign",
        "This workspace has no such campaign. The link may belong to another workspace.",
      ),
    ];
  return [
    back,
    details(data.campaign, data.names),
    problems(data),
    trend(answer),
    days(data.days, workspace.currency),
    orders(data.orders, workspace),
  ];
}

function details(campaign, names) {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, campaign.name || campaign.campaign_id),
    facts([
      ["Platform", platformName(campaign.platform)],
      ["Account", campaign.account || campaign.account_id],
      ["Status", word(campaign.status)],
      ["Objective", campaign.objective ? word(campaign.objective.toLowerCase()) : "–"],
      ["Id", campaign.campaign_id],
      ["Currency, time zone", `${campaign.currency}, ${campaign.timezone}`],
      ["Active", `${fullDay(campaign.first_seen)} – ${fullDay(campaign.last_seen)}`],
      ...(names.length ? [["Former names", names.map(({ name }) => h("span", { class: "block" }, name))]] : []),
    ]),
  );
}

function problems({ alerts, issues }) {
  if (alerts.length + issues.length === 0) return null;
  const alert = (each) =>
    h(
      "li",
      {},
      pill(each.closed_at ? "Closed" : word(each.severity), each.closed_at ? "" : SEVERITY[each.severity]),
      h("span", {}, `${word(each.type)}: ${each.message}, ${fullDay(each.last_date)}`),
    );
  const issue = (each) =>
    h(
      "li",
      {},
      pill("Issue", "warn"),
      h("span", {}, `${word(each.type)}: ${each.detail}, ${fullDay(each.date)}`),
    );
  return card("Alerts and issues", h("ul", { class: "plain" }, alerts.map(alert), issues.map(issue)));
}

function trend({ data, charts, workspace }) {
  const rows = [...data.days].reverse();
  if (rows.length < 2) return null;
  const values = (key) => rows.map((row) => row[key] ?? null);
  const provisional = rows.find((row) => row.is_final === false)?.date;
  return card(
    `Spend and revenue, ${workspace.currency}`,
    chart({
      days: rows.map(({ date }) => date),
      library: charts,
      provisional,
      label: "Spend and attributed revenue by day; see the table below",
      series: [
        { label: "Attributed revenue", tone: "revenue", values: values("attributed_revenue"), show: amount },
        { label: "Spend", tone: "spend", values: values("spend"), show: amount },
      ],
    }),
  );
}

function days(rows, currency) {
  if (rows.length === 0) return emptyState("No figures in the last 90 days", "");
  return card(
    null,
    disclosure(
      "Figures by day",
      table(
        [
          {
            key: "date",
            label: "Day",
            show: (value, row) =>
              h("span", { class: "named" }, fullDay(value), row.is_final === false && pill("Provisional")),
          },
          { key: "spend", label: `Spend, ${currency}`, number: true, show: amount },
          { key: "attributed_orders", label: "Orders", number: true, show: count },
          { key: "attributed_revenue", label: "Attributed", number: true, show: amount },
          { key: "attributed_roas", label: "ROAS", number: true, show: ratio },
          { key: "claimed_conversions", label: "Claimed purchases", number: true, show: tenths },
          { key: "claimed_revenue", label: "Claimed", number: true, show: amount },
          { key: "claimed_roas", label: "Claimed ROAS", number: true, show: ratio },
          { key: "impressions", label: "Impressions", number: true, show: count },
          { key: "clicks", label: "Clicks", number: true, show: count },
          { key: "ctr", label: "CTR", number: true, show: percent },
        ],
        rows,
        { caption: "Figures by day" },
      ),
    ),
  );
}

function orders(rows, workspace) {
  if (rows.length === 0)
    return emptyState(
      "No attributed orders yet",
      "An order is attributed to the campaign of its last click within the attribution window.",
    );
  return card(
    "Latest orders",
    table(
      [
        {
          key: "number",
          label: "Order",
          show: (value, row) => h("a", { href: address({ view: "orders", q: row.order_id }) }, value || row.order_id),
        },
        { key: "store_platform", label: "Store", show: word },
        { key: "at", label: "Time", show: (value) => instant(value, workspace.timezone) },
        { key: "type", label: "Attribution", show: (value, row) => `${word(value)}, ${word(row.rule)}` },
        { key: "value", label: `Value, ${workspace.currency}`, number: true, show: amount },
      ],
      rows,
      { caption: "Latest orders" },
    ),
  );
}
