/** How a cell's number is shown, as far as it changes what the number is. */
export type NumberFormat = { readonly kind: 'plain' } | { readonly kind: 'date' } | { readonly kind: 'digits'; readonly length: number };

const plain: NumberFormat = { kind: 'plain' };
const date: NumberFormat = { kind: 'date' };

/** The formats that a number alone stands for, as far as they are dates (ECMA-376, 18.8.30); 46 is a duration. */
const builtInDate = (id: number) => (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || id === 45 || id === 47 || (id >= 50 && id <= 58);

/** What a format's id and code say: dates and times; numbers of fixed length with leading zeros (postal codes); else plain. A duration such as `[h]:mm` is plain. */
export function numberFormat(id: number, code: string | undefined): NumberFormat {
  if (code === undefined) return builtInDate(id) ? date : plain;
  const [positive = ''] = code.split(';');
  if (/^0{2,20}$/.test(positive)) return { kind: 'digits', length: positive.length };
  const shown = positive.replace(/"[^"]*"/g, '').replace(/[\\_*]./g, '');
  if (/\[[hms]+\]/i.test(shown)) return plain;
  return /[ymdhs]/i.test(shown.replace(/\[[^\]]*\]/g, '').replace(/general/gi, '')) ? date : plain;
}

const dayMs = 86_400_000;
/** Day 0 of the two calendars; the one of 1900 counts a 29 February that there was not, hence a day later before it. */
const day0 = { 1900: Date.UTC(1899, 11, 30), 1904: Date.UTC(1904, 0, 1) } as const;
const lastDay = 2_958_465;

/** A serial number as ISO 8601: a date, a date with its time (no zone: a workbook has none), or a time where it is below one day. Undefined outside the calendar. */
export function isoOf(serial: number, calendar: 1900 | 1904): string | undefined {
  if (!(serial >= 0 && serial <= lastDay + 1)) return undefined;
  const ms = Math.round((serial * dayMs) / 1000) * 1000;
  const time = new Date(ms % dayMs).toISOString().slice(11, 19);
  if (ms < dayMs && calendar === 1900) return time;
  const lost = calendar === 1900 && serial < 61 ? dayMs : 0;
  const day = new Date(day0[calendar] + ms + lost).toISOString().slice(0, 10);
  return ms % dayMs === 0 ? day : `${day}T${time}`;
}

/** A number as it stands in the file, without what binary fractions add past the 15 digits that Excel has; whole numbers with all their digits. */
export function plainNumber(text: string): string {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return text;
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return BigInt(value).toString();
  return String(Number(value.toPrecision(15)));
}
