// View overview: spend, revenue and ROAS of the period, their trend, and the split by platform.

import { chart } from "../chart.js";
import { h } from "../dom.js";
import { amount, count, fullDay, money, percent, ratio } from "../format.js";
import { card, disclosure, emptyState, platformName } from "../parts.js";
import { address } from "../state.js";
import { table } from "../table.js";

export function draw(answer, { place }) {
  const { data, workspace, periods } = answer;
  const span = periods[place.period];
  const figures = data.figures?.[place.period];
  const split = data.platforms.filter(({ period }) => period === place.period);
  return [
    attention(data.attention),
    tiles(figures, workspace.currency),
    split.length === 0
      ? emptyState(
          "No spend and no orders in this period",
          "Try a longer period, or see Sync health for the synced days of every account.",
        )
      : [
          trend(
            answer,
            data.days.filter(({ date }) => date >= span.first_day),
          ),
          platforms(split, workspace.currency),
        ],
  ].flat();
}

function attention({ alerts, unseen, stale, accounts }) {
  const open =
    alerts === 0
      ? "No open alerts"
      : `${count(alerts)} open ${alerts === 1 ? "alert" : "alerts"}${unseen ? `, ${count(unseen)} unseen` : ""}`;
  const read = stale === 0 ? "No stale accounts" : `${count(stale)} of ${count(accounts)} accounts stale`;
  return h(
    "p",
    { class: "attention" },
    h("a", { href: address({ view: "alerts" }), class: unseen ? "bad" : alerts ? "warn" : "good" }, open),
    h("a", { href: address({ view: "health" }), class: stale ? "warn" : "good" }, read),
  );
}

function tiles(figures, currency) {
  const of = figures ?? {};
  const large = [
    ["Spend", money(of.total_spend, currency)],
    ["Attributed revenue", money(of.total_revenue, currency)],
    ["ROAS", ratio(of.roas)],
  ];
  const small = [
    ["Orders", count(of.conversions)],
    ["Impressions", count(of.impressions)],
    ["Clicks", count(of.clicks)],
    ["CTR", percent(of.ctr)],
    ["CPC", money(of.cpc, currency)],
  ];
  const tile =
    (size) =>
    ([name, value]) =>
      h("div", { class: `tile ${size}` }, h("dt", {}, name), h("dd", {}, value));
  return h(
    "section",
    { class: "card" },
    h("h2", { class: "unseen" }, "Figures"),
    h("dl", { class: "tiles" }, large.map(tile("large"))),
    h("dl", { class: "tiles few" }, small.map(tile("small"))),
  );
}

function trend({ meta, charts, workspace }, rows) {
  if (rows.length < 2) return [];
  const days = rows.map(({ date }) => date);
  const values = (key) => rows.map((row) => row[key] ?? null);
  const shared = { days, library: charts, provisional: meta?.provisional_from };
  const from = `${fullDay(days[0])} to ${fullDay(days.at(-1))}; see the table below`;
  const show = (value) => money(value, workspace.currency);
  return h(
    "div",
    { class: "pair" },
    card(
      `Spend and revenue, ${workspace.currency}`,
      chart({
        ...shared,
        label: `Spend and attributed revenue by day, ${from}`,
        series: [
          { label: "Attributed revenue", tone: "revenue", values: values("attributed_revenue"), show },
          { label: "Spend", tone: "spend", values: values("spend"), show },
        ],
      }),
      disclosure("Figures by day", daily(rows)),
    ),
    card(
      "ROAS, attributed",
      chart({
        ...shared,
        label: `Return on ad spend by day, ${from}`,
        series: [{ label: "ROAS", tone: "roas", values: values("attributed_roas"), show: ratio }],
      }),
    ),
  );
}

function daily(rows) {
  return table(
    [
      { key: "date", label: "Day", show: fullDay },
      { key: "spend", label: "Spend", number: true, show: amount },
      { key: "attributed_revenue", label: "Attributed", number: true, show: amount },
      { key: "store_revenue", label: "Store revenue", number: true, show: amount },
      { key: "attributed_roas", label: "ROAS", number: true, show: ratio },
    ],
    [...rows].reverse(),
    { caption: "Figures by day" },
  );
}

function platforms(split, currency) {
  const columns = [
    { key: "platform", label: "Platform", show: platformName },
    { key: "spend", label: `Spend, ${currency}`, number: true, show: amount },
    { key: "attributed_orders", label: "Orders", number: true, show: count },
    { key: "attributed_revenue", label: "Attributed", number: true, show: amount },
    { key: "attributed_roas", label: "ROAS", number: true, show: ratio },
    { key: "claimed_revenue", label: "Claimed by platform", number: true, show: amount },
    { key: "claimed_roas", label: "Claimed ROAS", number: true, show: ratio },
  ];
  const rows = split.filter(({ platform }) => platform !== "all");
  const total = split.filter(({ platform }) => platform === "all");
  return card("By platform", table(columns, rows, { caption: "By platform", foot: total }), store(total[0], currency));
}

function store(total, currency) {
  if (!total) return null;
  return h(
    "p",
    { class: "note" },
    `Store revenue: ${money(total.store_revenue, currency)} (blended ROAS ${ratio(total.blended_roas)}). ` +
      `Collected attributed revenue: ${money(total.collected_revenue, currency)}. ` +
      "Several platforms can claim the same purchase.",
  );
}
