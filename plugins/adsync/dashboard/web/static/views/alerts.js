// View alerts: open alerts to acknowledge, and closed ones.

import { acknowledge } from "../api.js";
import { h } from "../dom.js";
import { fullDay, instant } from "../format.js";
import { campaignLink, card, emptyState, pill, SEVERITY } from "../parts.js";
import { table } from "../table.js";
import { word } from "../words.js";

export function draw({ data, workspace }, { reload }) {
  const open = data.open.length
    ? h(
        "ul",
        { class: "cards" },
        data.open.map((each) => episode(each, workspace, reload)),
      )
    : emptyState("No open alerts", "Every evaluated campaign is within its thresholds.");
  return [h("h3", {}, "Open"), open, data.closed.length > 0 && card("Closed", closed(data.closed, workspace))];
}

function episode(alert, workspace, reload) {
  const since =
    alert.first_date === alert.last_date
      ? `On ${fullDay(alert.last_date)}`
      : `${fullDay(alert.first_date)} – ${fullDay(alert.last_date)}`;
  return h(
    "li",
    { class: `card alert ${alert.severity}` },
    h("p", { class: "line" }, pill(word(alert.severity), SEVERITY[alert.severity]), h("strong", {}, word(alert.type))),
    h("p", { class: "subject" }, campaignLink({ ...alert, name: alert.campaign })),
    h("p", {}, alert.message),
    h("p", { class: "note" }, `${word(alert.platform)} · ${since}`),
    acknowledgement(alert, workspace, reload),
  );
}

function acknowledgement(alert, workspace, reload) {
  // The focus moves from the button to the text that replaces it.
  const id = `alert-${alert.alert_id}`;
  if (alert.acknowledged_at)
    return h(
      "p",
      { class: "note", id, tabindex: "-1" },
      `Acknowledged by ${alert.acknowledged_by}, ${instant(alert.acknowledged_at, workspace.timezone)}`,
    );
  const message = h("span", { role: "alert", class: "note" });
  const press = async () => {
    // A disabled button would lose the focus.
    if (button.ariaDisabled) return;
    button.ariaDisabled = "true";
    try {
      await acknowledge(alert.alert_id);
      await reload();
    } catch (error) {
      message.textContent = error.message;
      button.ariaDisabled = null;
    }
  };
  const button = h(
    "button",
    {
      type: "button",
      id,
      onclick: press,
      "aria-label": `Acknowledge: ${word(alert.type)}, ${alert.campaign ?? alert.campaign_id}`,
    },
    "Acknowledge",
  );
  return h("p", { class: "actions" }, button, message);
}

function closed(rows, workspace) {
  return table(
    [
      { key: "campaign", label: "Campaign", show: (_, row) => campaignLink({ ...row, name: row.campaign }) },
      { key: "type", label: "Alert", show: word },
      { key: "message", label: "Message", broad: true },
      { key: "first_date", label: "From", show: fullDay },
      { key: "last_date", label: "Until", show: fullDay },
      { key: "closed_at", label: "Closed", show: (value) => instant(value, workspace.timezone) },
      { key: "acknowledged_by", label: "Acknowledged by" },
    ],
    rows,
    { caption: "Closed alerts" },
  );
}
