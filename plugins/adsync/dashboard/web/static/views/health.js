// Every account: how it is, how far it has been read, and what somebody should do about it.

import { h } from "../dom.js";
import { age, count, fullDay, instant } from "../format.js";
import { card, facts, nothing, pill, platformName } from "../parts.js";
import { table } from "../table.js";
import { word } from "../words.js";

const TONES = { ok: "good", retrying: "warn", failed: "bad", reauth_required: "bad", never_synced: "warn" };

export function draw({ data, workspace }) {
  if (data.accounts.length === 0)
    return nothing("No account is connected", "Link ad accounts and stores of this workspace in workspaces.yaml.");
  return [
    h(
      "ul",
      { class: "cards" },
      data.accounts.map((each) => account(each, workspace)),
    ),
    card("What does not add up", issues(data)),
  ];
}

function account(each, workspace) {
  const calm = each.advice.startsWith("nothing");
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
      ["Last read", each.last_success_at ? age(each.age_seconds) : "never"],
      ["Read through", fullDay(each.covered_through)],
      ["Final through", fullDay(each.final_through)],
      ["Calls in 24 hours", count(each.calls_24h)],
      ...(each.next_try ? [["Next try", instant(each.next_try, workspace.timezone)]] : []),
    ]),
    h("p", { class: calm ? "note" : "todo" }, h("bdi", {}, h("strong", {}, "To do:"), " ", each.advice)),
  );
}

function issues({ issues: rows, total }) {
  if (rows.length === 0) return h("p", { class: "note line" }, pill("Adds up", "good"), "Nothing contradicts itself.");
  const more =
    total > rows.length &&
    h(
      "p",
      { class: "note" },
      `The latest ${count(rows.length)} of ${count(total)}; all of them are in marts.consistency_issues.`,
    );
  return [
    more,
    table(
      [
        { key: "type", label: "What", show: word },
        { key: "platform", label: "Platform", show: platformName },
        { key: "account_id", label: "Account" },
        { key: "date", label: "Day", show: fullDay },
        { key: "detail", label: "Detail", broad: true },
      ],
      rows,
      { caption: "What does not add up" },
    ),
  ];
}
