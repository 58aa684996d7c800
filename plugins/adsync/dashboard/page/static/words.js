// What the codes in the marts are called; a code nobody has named yet is shown as it is, only without underscores.
// Words stay words.

const WORDS = {
  today: "Today", "7_days": "7 days", "30_days": "30 days", "90_days": "90 days",
  overview: "Overview", campaigns: "Campaigns", campaign: "Campaign", reconciliation: "Reconciliation", alerts: "Alerts",
  health: "Sync health", orders: "Why this order",
  all: "All platforms", meta: "Meta", tiktok: "TikTok", snapchat: "Snapchat", shopify: "Shopify",
  woocommerce: "WooCommerce", salla: "Salla", zid: "Zid",
  roas_drop: "ROAS has dropped", high_spend_low_conversions: "High spend, few conversions", ctr_drop: "CTR has dropped",
  high: "High", medium: "Medium", low: "Low",
  ok: "Up to date", retrying: "Trying again", failed: "Failed", reauth_required: "Needs a login", paused: "Paused",
  never_synced: "Not read yet", new: "Not read yet",
  attributed: "Attributed", unattributed: "Not attributed",
  not_revenue: "No revenue", no_touch: "No visit known", no_utm: "No campaign parameters", direct: "Direct visit",
  macro_unexpanded: "Placeholder left unfilled", damaged_id: "Damaged campaign id", unknown_campaign: "Unknown campaign",
  ambiguous_name: "Name fits several campaigns", platform_only: "Platform known, campaign not",
  platform_does_not_expose: "Store tells no origin", touch_after_order: "Visit after the order",
  outside_window: "Older than the window", earlier_touch: "An earlier visit",
  last_click: "Last click", utm_only: "Order's own parameters",
  utm_id: "by utm_id", campaign_id_param: "by campaign id", utm_campaign_id: "by id in utm_campaign",
  name_in_platform: "by name on its platform", name_unique: "by unique name",
};

export function word(code) {
  if (!code) return "";
  if (code in WORDS) return WORDS[code];
  const text = code.charAt(0).toUpperCase() + code.slice(1);
  return /^[a-z0-9_]+$/.test(code) ? text.replaceAll("_", " ") : text;
}
