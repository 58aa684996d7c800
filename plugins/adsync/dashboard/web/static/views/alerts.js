// Open alerts to act on, and those that are over.

import { acknowledge } from "../api.js";
import { h } from "../dom.js";
import { fullDay, instant } from "../format.js";
import { campaignLink, card, nothing, pill, SEVERITY } from "../parts.js";
import { table } from "../table.js";
import { word } from "../words.js";

export function draw({ data, workspace }, { reload }) {
  const open = data.open.length
    ? h(
        "ul",
        { class: "cards" },
        data.open.map((each) => episode(each, workspace, reload)),
      )
    : nothing("All is calm", "No alert is open: every judged campaign did about as well as in its thirty days before.");
  return [h("h3", {}, "Open"), open, data.closed.length > 0 && card("Over", past(data.closed, workspace))];
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
    seen(alert, workspace, reload),
  );
}

function seen(alert, workspace, reload) {
  // Who has pressed the button goes on at what it has become.
  const id = `alert-${alert.alert_id}`;
  if (alert.acknowledged_at)
    return h(
      "p",
      { class: "note", id, tabindex: "-1" },
      `Seen by ${alert.acknowledged_by}, ${instant(alert.acknowledged_at, workspace.timezone)}`,
    );
  const told = h("span", { role: "alert", class: "note" });
  const press = async () => {
    // A button that is disabled loses the focus.
    if (button.ariaDisabled) return;
    button.ariaDisabled = "true";
    try {
      await acknowledge(alert.alert_id);
      await reload();
    } catch (error) {
      told.textContent = error.message;
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
  return h("p", { class: "actions" }, button, told);
}

function past(rows, workspace) {
  return table(
    [
      { key: "campaign", label: "Campaign", show: (_, row) => campaignLink({ ...row, name: row.campaign }) },
      { key: "type", label: "What", show: word },
      { key: "message", label: "Said", broad: true },
      { key: "first_date", label: "From", show: fullDay },
      { key: "last_date", label: "Until", show: fullDay },
      { key: "closed_at", label: "Closed", show: (value) => instant(value, workspace.timezone) },
      { key: "acknowledged_by", label: "Seen by" },
    ],
    rows,
    { caption: "Alerts that are over" },
  );
}
