// Builds elements. Strings become text nodes, never markup, each isolated in a `bdi`, so that an Arabic name does not
// reorder its neighbors. Pieces of one sentence belong into one h("bdi"), which keeps their order.

const SVG = "http://www.w3.org/2000/svg";
// Elements that can only contain text.
const PLAIN = new Set(["bdi", "option", "title", "text"]);

/** Builds an HTML element: h("p", {class: "quiet", onclick: f}, "text", child). Null and false are skipped. */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), tag, attributes, children);
}

/** Builds an SVG element. */
export function s(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), tag, attributes, children);
}

function filled(element, tag, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (isNothing(value)) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  const kept = children.flat(Infinity).filter((child) => !isNothing(child));
  element.append(...kept.map((child) => (child instanceof Node || PLAIN.has(tag) ? child : isolated(child))));
  return element;
}

function isNothing(value) {
  return value === null || value === undefined || value === false;
}

function isolated(text) {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}
