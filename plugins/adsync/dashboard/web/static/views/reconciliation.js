// View reconciliation: the waterfall from orders placed to attributed revenue, and the claims of the platforms.

import { h, s } from "../dom.js";
import { amount, fullDay, money } from "../format.js";
import { card, disclosure, emptyState, pill } from "../parts.js";
import { table } from "../table.js";
import { word } from "../words.js";

const DEDUCTIONS = ["test", "cancelled", "unpaid", "refunded"];
const NAMES = {
  gross: "Orders placed",
  test: "Test orders",
  cancelled: "Cancelled",
  unpaid: "Unpaid",
  refunded: "Refunded",
  store_revenue: "Store revenue",
  attributed: "Attributed to campaigns",
  claimed: "Claimed by platforms",
};

export function draw({ data, workspace, missing }) {
  if (missing.includes("reconciliation"))
    return emptyState("No reconciliation yet", "The next run of the DAG transform builds it.");
  if (!data.sums) return emptyState("No orders in this period", "Try a longer period.");
  return [
    card(
      `From orders placed to attributed revenue, ${workspace.currency}`,
      waterfall(steps(data)),
      residual(data.sums.residual, workspace.currency),
    ),
    card("Claims", claims(data.sums, workspace.currency)),
    card(null, disclosure("Figures by day", days(data.days))),
  ];
}

/** Returns [{name, amount, from, to, kind}]; an unknown amount is a step without a bar. */
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
    ...DEDUCTIONS.map((key) => fall(NAMES[key], sums[key])),
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
      "Some amounts are unknown. Sync health lists the missing data.",
    );
  if (Math.abs(value) < 0.005) return h("p", { class: "note line" }, pill("Reconciled", "good"), "No residual.");
  return h(
    "p",
    { class: "note line" },
    pill("Not reconciled", "bad"),
    `Residual of ${money(value, currency)}: please report this.`,
  );
}

function claims({ claimed, attributed }, currency) {
  return h(
    "p",
    {},
    `Claimed by platforms: ${money(claimed, currency)}. ` +
      `Attributed from store orders: ${money(attributed, currency)}. ` +
      "Several platforms can claim the same purchase, and each has its own rules, " +
      "so claims are shown for comparison only.",
  );
}

function days(rows) {
  const columns = [
    ...["gross", ...DEDUCTIONS, "store_revenue", "attributed"].map((key) => [key, NAMES[key]]),
    ["unattributed", "Unattributed"],
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
