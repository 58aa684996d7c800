// The waterfall from every order placed to what campaigns brought, and the claims of the platforms beside it.

import { h, s } from "../dom.js";
import { amount, fullDay, money } from "../format.js";
import { card, folded, nothing, pill } from "../parts.js";
import { table } from "../table.js";
import { word } from "../words.js";

const AWAY = ["test", "cancelled", "unpaid", "refunded"];
const NAMES = {
  gross: "Orders placed",
  test: "Test orders",
  cancelled: "Cancelled",
  unpaid: "Not paid",
  refunded: "Refunded",
  store_revenue: "Store revenue",
  attributed: "Attributed to campaigns",
  claimed: "Claimed by the platforms",
};

export function draw({ data, workspace, missing }) {
  if (missing.includes("reconciliation"))
    return nothing("Reconciliation is not built yet", "The next run of the DAG transform builds it.");
  if (!data.sums) return nothing("No order in this period", "A longer period may show more.");
  return [
    card(
      `Where the money went, ${workspace.currency}`,
      waterfall(steps(data)),
      residual(data.sums.residual, workspace.currency),
    ),
    card("Claims", claims(data.sums, workspace.currency)),
    card(null, folded("Figures by day", days(data.days))),
  ];
}

/** [{name, amount, from, to, kind}]; what is unknown is a step without a bar. */
function steps({ sums, reasons }) {
  let level = sums.gross ?? 0;
  const fall = (name, value) => {
    const step = { name, amount: value === null ? null : -value, from: level - (value ?? 0), to: level, kind: "away" };
    level -= value ?? 0;
    return step;
  };
  const total = (key) => ({
    name: NAMES[key],
    amount: sums[key],
    from: 0,
    to: (level = sums[key] ?? level),
    kind: "total",
  });
  return [
    total("gross"),
    ...AWAY.map((key) => fall(NAMES[key], sums[key])),
    total("store_revenue"),
    ...reasons.map((each) => fall(word(each.reason), each.amount)),
    total("attributed"),
  ];
}

function waterfall(all) {
  const most = Math.max(...all.map(({ to }) => to), 1);
  return table(
    [
      { key: "name", label: "Step", show: (value, { kind }) => h("span", { class: kind }, value) },
      { key: "bar", label: "Share", show: (_, step) => bar(step, most) },
      {
        key: "amount",
        label: "Amount",
        number: true,
        show: (value, { kind }) => h("span", { class: kind }, amount(value)),
      },
    ],
    all,
    { caption: "From orders placed to attributed revenue" },
  );
}

function bar({ from, to, kind, amount: known }, most) {
  const part = (value) => (100 * Math.max(0, value)) / most;
  const width = Math.max(part(to) - part(from), known ? 0.4 : 0);
  return s(
    "svg",
    { class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { class: kind, x: part(from), y: 0, width: known === null ? 0 : width, height: 10 }),
  );
}

function residual(value, currency) {
  if (value === null)
    return h(
      "p",
      { class: "note line" },
      pill("Unknown", "warn"),
      "A part of it is not known, so nobody can say whether it adds up; Sync health names what is missing.",
    );
  if (Math.abs(value) < 0.005) return h("p", { class: "note line" }, pill("Adds up", "good"), "Nothing is left over.");
  return h(
    "p",
    { class: "note line" },
    pill("Does not add up", "bad"),
    `${money(value, currency)} are left over: please report this.`,
  );
}

function claims({ claimed, attributed }, currency) {
  return h(
    "p",
    {},
    `The platforms claim ${money(claimed, currency)}; ` +
      `the store's orders attribute ${money(attributed, currency)} to them. ` +
      "Two platforms may claim the same purchase, and each counts by its own rules, " +
      "so the claims are compared and never added in.",
  );
}

function days(rows) {
  const columns = [
    ...["gross", ...AWAY, "store_revenue", "attributed"].map((key) => [key, NAMES[key]]),
    ["unattributed", "Not attributed"],
    ["claimed", "Claimed"],
    ["residual", "Residual"],
  ];
  return table(
    [
      { key: "date", label: "Day", show: fullDay },
      ...columns.map(([key, label]) => ({ key, label, number: true, show: amount })),
    ],
    rows,
    { caption: "Figures by day" },
  );
}
