// Tables. A column defines how its values are shown and sorted.

import { h } from "./dom.js";
import { DASH } from "./format.js";

/**
 * columns: [{key, label, show(value, row), number, broad, sort(row)}];
 * options: caption, sorted {key, down}, onsort, foot.
 * The first column is the row header. A wide table scrolls inside its own region, which can be focused.
 */
export function table(columns, rows, { caption, sorted, onsort, foot = [], wide = true }) {
  const built = h(
    "table",
    {},
    h("caption", { class: "unseen" }, caption),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        columns.map((column) => heading(column, sorted, onsort)),
      ),
    ),
    h(
      "tbody",
      {},
      ordered(rows, columns, sorted).map((row) => line(columns, row)),
    ),
    foot.length > 0 &&
      h(
        "tfoot",
        {},
        foot.map((row) => line(columns, row)),
      ),
  );
  return wide ? h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption }, built) : built;
}

function heading(column, sorted, onsort) {
  const direction = sorted?.key === column.key ? (sorted.down ? "descending" : "ascending") : "none";
  const attributes = { scope: "col", class: column.number && "number", "aria-sort": onsort && direction };
  if (!onsort) return h("th", attributes, column.label);
  const down = direction === "none" ? Boolean(column.number) : !sorted.down;
  const arrow = h("span", { class: "arrow", "aria-hidden": "true" });
  return h(
    "th",
    attributes,
    h(
      "button",
      { type: "button", id: `sort-${column.key}`, onclick: () => onsort({ key: column.key, down }) },
      column.label,
      arrow,
    ),
  );
}

function line(columns, row) {
  return h(
    "tr",
    {},
    columns.map((column, at) => {
      const value = column.show ? column.show(row[column.key], row) : (row[column.key] ?? DASH);
      const attributes = { class: column.number ? "number" : column.broad && "broad" };
      return at === 0 ? h("th", { scope: "row", ...attributes }, value) : h("td", attributes, value);
    }),
  );
}

/** Sorts rows by one column; undefined values come last in both directions. */
function ordered(rows, columns, sorted) {
  const column = columns.find(({ key }) => key === sorted?.key);
  if (!column) return rows;
  const value = column.sort ?? ((row) => row[column.key]);
  const way = sorted.down ? -1 : 1;
  return [...rows].sort((one, other) => compared(value(one), value(other), way));
}

function compared(one, other, way) {
  const [gone, lost] = [one ?? null, other ?? null].map((value) => value === null);
  if (gone || lost) return gone - lost;
  return way * (typeof one === "string" ? one.localeCompare(other) : one - other);
}
