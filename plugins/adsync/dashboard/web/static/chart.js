// A line chart over days, drawn with uPlot if it is installed, otherwise as plain SVG.

import { h } from "./dom.js";
import { day, fullDay, seconds, short } from "./format.js";
import { lines } from "./lines.js";

let loading;

/**
 * series: [{label, values, tone, show}], where a tone is the name of a CSS color; days: "2026-11-22"...; `provisional`
 * is the first provisional day; `label` describes the chart. The chart is redrawn when its box changes size.
 */
export function chart({ days, series, provisional, label, library }) {
  const box = h("div", { class: "plot", role: "img", "aria-label": label, dir: "ltr" });
  const pointed = h("span", { class: "pointed", "aria-hidden": "true" });
  const render = library ? drawWithLibrary : drawPlain;
  new ResizeObserver(() => render(box, { days, series, provisional, pointed })).observe(box);
  return h("figure", { class: "chart" }, h("figcaption", {}, series.map(key), pointed), box);
}

function key({ label, tone }) {
  return h("span", {}, h("i", { class: `swatch ${tone}` }), label);
}

function drawPlain(box, what) {
  if (box.clientWidth === 0 || box.dataset.width === String(box.clientWidth)) return;
  box.dataset.width = box.clientWidth;
  box.replaceChildren(lines(what, box.clientWidth, box.clientHeight));
}

async function drawWithLibrary(box, what) {
  if (box.clientWidth === 0) return;
  if (box.plot) return box.plot.setSize({ width: box.clientWidth, height: box.clientHeight });
  if (box.dataset.requested) return undefined;
  box.dataset.requested = "yes";
  loading ??= loadLibrary();
  await loading;
  if (!box.isConnected) return undefined;
  const data = [what.days.map(seconds), ...what.series.map(({ values }) => values)];
  box.plot = new globalThis.uPlot(options(box, what), data, box);
  return undefined;
}

function loadLibrary() {
  document.head.append(h("link", { rel: "stylesheet", href: "library/uPlot.min.css" }));
  return new Promise((done, failed) => {
    document.head.append(h("script", { src: "library/uPlot.iife.min.js", onload: done, onerror: failed }));
  });
}

function options(box, { days, series, provisional, pointed }) {
  const tone = (name) => resolved(box, name);
  const axis = {
    stroke: tone("quiet"),
    font: "12px system-ui",
    grid: { stroke: tone("line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: box.clientWidth,
    height: box.clientHeight,
    padding: [8, 12, 0, 0],
    cursor: { y: false, points: { size: 7 } },
    legend: { show: false },
    scales: { x: { time: true }, y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.08 : 1] } },
    tzDate: (stamp) => globalThis.uPlot.tzDate(new Date(stamp * 1000), "UTC"),
    axes: [
      {
        ...axis,
        space: 70,
        size: 28,
        grid: { show: false },
        values: (_, stamps) => stamps.map((each) => day(iso(each))),
      },
      { ...axis, size: 52, values: (_, values) => values.map((each) => short(each)) },
    ],
    series: [{}, ...series.map((each) => ({ stroke: tone(each.tone), width: 2, points: { show: days.length < 3 } }))],
    hooks: {
      drawClear: [(plot) => shade(plot, provisional, tone("shade"))],
      setCursor: [({ cursor: { idx } }) => point(pointed, days[idx], series, idx)],
    },
  };
}

/** Shows the values under the pointer next to the legend. */
function point(box, date, series, at) {
  box.textContent = date ? [fullDay(date), ...series.map(({ values, show }) => show(values[at]))].join(" · ") : "";
}

/** Resolves a color for the canvas; a custom property alone depends on the theme. */
function resolved(box, name) {
  box.style.color = `var(--${name})`;
  const { color } = getComputedStyle(box);
  box.style.color = "";
  return color;
}

/** Shades the provisional days. */
function shade(plot, provisional, color) {
  if (!provisional) return;
  const { left, top, width, height } = plot.bbox;
  const from = Math.max(left, plot.valToPos(seconds(provisional), "x", true));
  if (from >= left + width) return;
  plot.ctx.fillStyle = color;
  plot.ctx.fillRect(from, top, left + width - from, height);
}

const iso = (stamp) => new Date(stamp * 1000).toISOString().slice(0, 10);
