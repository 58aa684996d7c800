// Labels of codes. Those of platforms, account states, reasons, match rules and alert rules are sent by the server; a
// code without a label is shown without its underscores.

import { LABELS } from "./labels.js";

const WORDS = {
  today: "Today",
  "7_days": "7 days",
  "30_days": "30 days",
  "90_days": "90 days",
  overview: "Overview",
  campaigns: "Campaigns",
  campaign: "Campaign",
  reconciliation: "Reconciliation",
  alerts: "Alerts",
  health: "Sync health",
  orders: "Order explanations",
  all: "All platforms",
  high: "High",
  medium: "Medium",
  low: "Low",
  attributed: "Attributed",
  unattributed: "Unattributed",
  last_click: "Last click",
  utm_only: "Order parameters",
};

export function word(code) {
  if (!code) return "";
  const label = WORDS[code] ?? LABELS[code];
  if (label) return label;
  const text = code.charAt(0).toUpperCase() + code.slice(1);
  return /^[a-z0-9_]+$/.test(code) ? text.replaceAll("_", " ") : text;
}
