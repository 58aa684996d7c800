// Line charts as plain SVG, for installations without the chart library.

import { s } from "./dom.js";
import { day, short } from "./format.js";

const EDGE = { start: 44, end: 8, top: 8, bottom: 22 };

export function lines({ days, series, provisional }, width, height) {
  const known = series.flatMap(({ values }) => values).filter((value) => value !== null);
  const most = Math.max(...known, 0) * 1.08 || 1;
  const x = (at) => EDGE.start + (days.length > 1 ? at / (days.length - 1) : 0.5) * (width - EDGE.start - EDGE.end);
  const y = (value) => EDGE.top + (1 - value / most) * (height - EDGE.top - EDGE.bottom);
  const shaded = provisional ? days.findIndex((each) => each >= provisional) : -1;
  return s(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" },
    shaded >= 0 &&
      s("rect", {
        class: "shade",
        x: x(shaded),
        y: EDGE.top,
        width: width - EDGE.end - x(shaded),
        height: height - EDGE.top - EDGE.bottom,
      }),
    [0, 0.5, 1].map((part) => level(y((most / 1.08) * part), short((most / 1.08) * part), width)),
    [0, days.length - 1].map((at) =>
      s("text", { x: x(at), y: height - 6, "text-anchor": at ? "end" : "start" }, day(days[at])),
    ),
    series.map(({ values, tone }) => s("path", { class: `line ${tone}`, d: path(values, x, y) })),
  );
}

function level(y, label, width) {
  return [
    s("line", { class: "level", x1: EDGE.start, x2: width - EDGE.end, y1: y, y2: y }),
    s("text", { x: EDGE.start - 6, y: y + 4, "text-anchor": "end" }, label),
  ];
}

/** Builds the path of a line. A day without a value is a gap, not a zero. */
function path(values, x, y) {
  let pen = "M";
  return values
    .map((value, at) => {
      if (value === null) {
        pen = "M";
        return "";
      }
      const step = `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = "L";
      return step;
    })
    .join("");
}
