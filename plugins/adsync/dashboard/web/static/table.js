// Tables. A column defines how its values are shown.

import { h } from "./dom.js";
import { DASH } from "./format.js";

/**
 * columns: [{key, label, show(value, row), number, broad}];
 * options: caption, sorted {key, down} if the rows are, onsort({key, down}), foot.
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
      rows.map((row) => line(columns, row)),
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
