// A line over days: by uPlot where it is installed, else by a small function of our own. Both look the same enough.

import { h } from "./dom.js";
import { day, fullDay, seconds, short } from "./format.js";
import { lines } from "./lines.js";

let loading;

/**
 * series: [{label, values, tone, show}], tones are names of CSS colours; days: "2026-11-22"...; `provisional` is the
 * first day that may still change. Drawn anew when its box changes size. `label` says in words what is to be seen.
 */
export function chart({ days, series, provisional, label, library }) {
  const box = h("div", { class: "plot", role: "img", "aria-label": label, dir: "ltr" });
  const pointed = h("span", { class: "pointed", "aria-hidden": "true" });
  const drawn = library ? plotted : sketched;
  new ResizeObserver(() => drawn(box, { days, series, provisional, pointed })).observe(box);
  return h("figure", { class: "chart" }, h("figcaption", {}, series.map(key), pointed), box);
}

function key({ label, tone }) {
  return h("span", {}, h("i", { class: `swatch ${tone}` }), label);
}

function sketched(box, what) {
  if (box.clientWidth === 0 || box.dataset.width === String(box.clientWidth)) return;
  box.dataset.width = box.clientWidth;
  box.replaceChildren(lines(what, box.clientWidth, box.clientHeight));
}

async function plotted(box, what) {
  if (box.clientWidth === 0) return;
  if (box.plot) return box.plot.setSize({ width: box.clientWidth, height: box.clientHeight });
  if (box.dataset.asked) return undefined;
  box.dataset.asked = "yes";
  loading ??= loaded();
  await loading;
  if (!box.isConnected) return undefined;
  const data = [what.days.map(seconds), ...what.series.map(({ values }) => values)];
  box.plot = new globalThis.uPlot(options(box, what), data, box);
  return undefined;
}

function loaded() {
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

/** The figures under the pointer, beside the legend. */
function point(box, date, series, at) {
  box.textContent = date ? [fullDay(date), ...series.map(({ values, show }) => show(values[at]))].join(" · ") : "";
}

/** A colour as the canvas wants it: a custom property alone does not know which theme it is in. */
function resolved(box, name) {
  box.style.color = `var(--${name})`;
  const { color } = getComputedStyle(box);
  box.style.color = "";
  return color;
}

/** What may still change lies on a shaded ground. */
function shade(plot, provisional, colour) {
  if (!provisional) return;
  const { left, top, width, height } = plot.bbox;
  const from = Math.max(left, plot.valToPos(seconds(provisional), "x", true));
  if (from >= left + width) return;
  plot.ctx.fillStyle = colour;
  plot.ctx.fillRect(from, top, left + width - from, height);
}

const iso = (stamp) => new Date(stamp * 1000).toISOString().slice(0, 10);
