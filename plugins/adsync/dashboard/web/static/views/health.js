// View health: the sync status of every account with the required action, and consistency issues.

import { h } from "../dom.js";
import { age, count, fullDay, instant } from "../format.js";
import { card, facts, emptyState, pill, platformName } from "../parts.js";
import { table } from "../table.js";
import { word } from "../words.js";

const TONES = { ok: "good", retrying: "warn", failed: "bad", reauth_required: "bad", never_synced: "warn" };

export function draw({ data, workspace }) {
  if (data.accounts.length === 0)
    return emptyState("No accounts yet", "Add ad accounts and stores of this workspace to workspaces.yaml.");
  return [
    h(
      "ul",
      { class: "cards" },
      data.accounts.map((each) => account(each, workspace)),
    ),
    ...(data.rejected.length > 0 ? [card("Rejected records", rejected(data, workspace))] : []),
    card("Consistency issues", issues(data)),
  ];
}

function account(each, workspace) {
  return h(
    "li",
    { class: `card account ${TONES[each.status] ?? ""}` },
    h(
      "p",
      { class: "line" },
      pill(word(each.status), TONES[each.status]),
      each.is_stale && each.status === "ok" && pill("Stale", "warn"),
      platformName(each.platform),
    ),
    h("p", { class: "subject" }, each.name || each.account_id),
    facts([
      ["Last sync", each.last_success_at ? age(each.age_seconds) : "never"],
      ["Synced through", fullDay(each.covered_through)],
      ["Final through", fullDay(each.final_through)],
      ["API calls in 24 hours", count(each.calls_24h)],
      ...(each.next_try ? [["Next try", instant(each.next_try, workspace.timezone)]] : []),
    ]),
    h("p", { class: each.needs_action ? "todo" : "note" }, h("bdi", {}, h("strong", {}, "Action:"), " ", each.action)),
  );
}

function rejected({ rejected: rows, rejected_total: total }, workspace) {
  return [
    h(
      "p",
      { class: "note" },
      `${count(total)} unreadable; all others are loaded. They are read again, and leave the list once they are readable.`,
    ),
    table(
      [
        { key: "platform", label: "Platform", show: platformName },
        { key: "account_id", label: "Account" },
        { key: "stream", label: "Stream", show: word },
        { key: "record_key", label: "Record", show: (key) => key || "unknown" },
        { key: "first_seen_at", label: "Since", show: (moment) => instant(moment, workspace.timezone) },
        { key: "reason", label: "Reason", broad: true },
      ],
      rows,
      { caption: "Rejected records" },
    ),
  ];
}

function issues({ issues: rows, total }) {
  if (rows.length === 0) return h("p", { class: "note line" }, pill("Consistent", "good"), "No issues.");
  const more =
    total > rows.length &&
    h(
      "p",
      { class: "note" },
      `The latest ${count(rows.length)} of ${count(total)}; see marts.consistency_issues for all.`,
    );
  return [
    more,
    table(
      [
        { key: "type", label: "Issue", show: word },
        { key: "platform", label: "Platform", show: platformName },
        { key: "account_id", label: "Account" },
        { key: "date", label: "Day", show: fullDay },
        { key: "detail", label: "Detail", broad: true },
      ],
      rows,
      { caption: "Consistency issues" },
    ),
  ];
}
