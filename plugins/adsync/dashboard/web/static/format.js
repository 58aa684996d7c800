// Formats numbers, days and times in the browser's locale. An undefined value is a dash, never a zero.

export const DASH = "–";
const DAY = 86_400_000;
const made = new Map();

function formatter(kind, options) {
  const key = kind.name + JSON.stringify(options);
  if (!made.has(key)) made.set(key, new kind(undefined, options));
  return made.get(key);
}

const number = (options) => (value) =>
  value === null || value === undefined ? DASH : formatter(Intl.NumberFormat, options).format(value);

export const count = number({ maximumFractionDigits: 0 });
export const tenths = number({ maximumFractionDigits: 1 });
export const ratio = number({ minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Formats a value that is already in percent. */
export const percent = (value) =>
  number({ style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 })(
    value === null || value === undefined ? null : value / 100,
  );

/** Formats an amount with its currency; in whole units from 1,000. */
export function money(value, currency) {
  const digits = Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : {};
  return number({ style: "currency", currency, currencyDisplay: "code", ...digits })(value);
}

/** Formats an amount without its currency. */
export const amount = number({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
export const short = number({ notation: "compact", maximumFractionDigits: 1 });

/** Formats a day such as "2026-11-22", independent of time zones. */
export function day(text, options = { day: "numeric", month: "short" }) {
  return text
    ? formatter(Intl.DateTimeFormat, { timeZone: "UTC", ...options }).format(new Date(`${text}T00:00:00Z`))
    : DASH;
}

export const fullDay = (text) => day(text, { day: "numeric", month: "short", year: "numeric" });

/** Formats a time in the workspace's time zone. */
export function instant(text, timeZone) {
  return text
    ? formatter(Intl.DateTimeFormat, { dateStyle: "medium", timeStyle: "short", timeZone }).format(new Date(text))
    : DASH;
}

/** Formats a duration as an age, in its largest unit. */
export function age(seconds) {
  if (seconds === null || seconds === undefined) return "never";
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const [unit, size] = units.find(([, each]) => seconds >= each) ?? ["minute", 60];
  return formatter(Intl.RelativeTimeFormat, { numeric: "always", style: "long" }).format(
    -Math.floor(seconds / size),
    unit,
  );
}

/** Seconds from the epoch to the start of a day, for axes. */
export const seconds = (text) => Date.parse(`${text}T00:00:00Z`) / 1000;
export const daysBetween = (first, last) => Math.round((Date.parse(last) - Date.parse(first)) / DAY) + 1;
