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
