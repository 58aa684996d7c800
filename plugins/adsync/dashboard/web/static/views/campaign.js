// One campaign: what it is, how it went day by day, what is wrong with it, and which orders went to it.

import { chart } from "../chart.js";
import { h } from "../dom.js";
import { amount, count, fullDay, instant, percent, ratio, tenths } from "../format.js";
import { card, facts, folded, nothing, pill, platformName, SEVERITY } from "../parts.js";
import { address } from "../state.js";
import { table } from "../table.js";
import { word } from "../words.js";

export function draw(answer) {
  const { data, workspace } = answer;
  const back = h("p", {}, h("a", { href: address({ view: "campaigns" }) }, "All campaigns"));
  if (!data.campaign)
    return [
      back,
      nothing(
        "Nobody knows this campaign",
        "It is not among the campaigns of this workspace: the link may belong to another one.",
      ),
    ];
  return [
    back,
    about(data.campaign, data.names),
    troubles(data),
    course(answer),
    days(data.days, workspace.currency),
    orders(data.orders, workspace),
  ];
}

function about(campaign, names) {
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
      ["Currency, zone", `${campaign.currency}, ${campaign.timezone}`],
      ["Seen", `${fullDay(campaign.first_seen)} – ${fullDay(campaign.last_seen)}`],
      ...(names.length ? [["Earlier names", names.map(({ name }) => h("span", { class: "block" }, name))]] : []),
    ]),
  );
}

function troubles({ alerts, issues }) {
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
      pill("Does not add up", "warn"),
      h("span", {}, `${word(each.type)}: ${each.detail}, ${fullDay(each.date)}`),
    );
  return card("What is wrong", h("ul", { class: "plain" }, alerts.map(alert), issues.map(issue)));
}

function course({ data, charts, workspace }) {
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
      label: "Spend and attributed revenue by day; the table below holds the figures",
      series: [
        { label: "Attributed revenue", tone: "revenue", values: values("attributed_revenue"), show: amount },
        { label: "Spend", tone: "spend", values: values("spend"), show: amount },
      ],
    }),
  );
}

function days(rows, currency) {
  if (rows.length === 0) return nothing("No day of it within the last ninety", "");
  return card(
    null,
    folded(
      "Figures by day",
      table(
        [
          {
            key: "date",
            label: "Day",
            show: (value, row) =>
              h("span", { class: "named" }, fullDay(value), row.is_final === false && pill("provisional")),
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
    return nothing(
      "No order went to it yet",
      "An order goes to the campaign of its last known click within the window.",
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
        { key: "at", label: "When", show: (value) => instant(value, workspace.timezone) },
        { key: "type", label: "How", show: (value, row) => `${word(value)}, ${word(row.rule)}` },
        { key: "value", label: `Value, ${workspace.currency}`, number: true, show: amount },
      ],
      rows,
      { caption: "Latest orders" },
    ),
  );
}
