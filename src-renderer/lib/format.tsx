import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { AudienceCount } from '../../src-preload/contract/common.js';

const dayMs = 86_400_000;

/** Numbers and times as people read them: the user's locale, the workspace's zone. Instants are UTC milliseconds. */
export interface Format {
  /** IANA name of the workspace's reporting zone. */
  readonly zone: string;
  /** Short name of the zone at an instant (`CET`, `GMT+2`): put it beside times that could be misread. */
  zoneName(at?: number): string;
  /** `41,012` */
  number(value: number, maxDecimals?: number): string;
  /** `791.2k`, for big figures with an exact value elsewhere. */
  compact(value: number): string;
  /** A ratio 0..1 as `4.2%`. */
  percent(ratio: number, maxDecimals?: number): string;
  /** `91 KB` */
  bytes(value: number): string;
  /** `12:04` */
  time(at: number): string;
  /** `12:04:35`, for points in time less than a minute apart. */
  timeExact(at: number): string;
  /** `24 Nov 2026` */
  date(at: number): string;
  /** `24 Nov 2026, 12:04 CET` */
  dateTime(at: number): string;
  /** The shortest that is clear now: `12:04` today, `Mon 17:48` within six days, else `18 Nov` or `18 Nov 2025`. */
  when(at: number, now?: number): string;
  /** `just now`, `3 min ago`, `2 h ago`, `5 days ago` */
  ago(at: number, now?: number): string;
  /** A length of time: `40 s`, `15 min`, `2 h 5 min`. */
  duration(ms: number): string;
  /** `1 person`, `8,200 people`: singular and plural of a noun with its number. */
  plural(n: number, one: string, many: string): string;
  /** `8,200 people, 9,412 addresses` */
  audience(count: AudienceCount): string;
}

export function createFormat(zone: string, locale?: string): Format {
  const numbers = new Map<number, Intl.NumberFormat>();
  const number = (value: number, maxDecimals = 0) => {
    let f = numbers.get(maxDecimals);
    if (!f) numbers.set(maxDecimals, (f = new Intl.NumberFormat(locale, { maximumFractionDigits: maxDecimals })));
    return f.format(value);
  };
  const compactFormat = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
  const part = (options: Intl.DateTimeFormatOptions) => {
    const f = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
    return (at: number) => f.format(at);
  };
  const time = part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const timeExact = part({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const date = part({ day: 'numeric', month: 'short', year: 'numeric' });
  const dayMonth = part({ day: 'numeric', month: 'short' });
  const weekday = part({ weekday: 'short' });
  const dayKey = part({ year: 'numeric', month: '2-digit', day: '2-digit' });
  const year = part({ year: 'numeric' });
  const zoneFormat = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'short' });
  const zoneName = (at = Date.now()) => zoneFormat.formatToParts(at).find((p) => p.type === 'timeZoneName')?.value ?? zone;
  const plural = (n: number, one: string, many: string) => `${number(n)} ${n === 1 ? one : many}`;
  return {
    zone,
    zoneName,
    number,
    compact: (value) => compactFormat.format(value).replace('K', 'k'),
    percent: (ratio, maxDecimals = 1) => `${number(ratio * 100, maxDecimals)}%`,
    bytes: (value) => (value < 1000 ? `${number(value)} B` : value < 1e6 ? `${number(value / 1e3)} KB` : value < 1e9 ? `${number(value / 1e6, 1)} MB` : `${number(value / 1e9, 2)} GB`),
    time,
    timeExact,
    date,
    dateTime: (at) => `${date(at)}, ${time(at)} ${zoneName(at)}`,
    when: (at, now = Date.now()) => {
      if (dayKey(at) === dayKey(now)) return time(at);
      if (Math.abs(now - at) < 6 * dayMs) return `${weekday(at)} ${time(at)}`;
      return year(at) === year(now) ? dayMonth(at) : date(at);
    },
    ago: (at, now = Date.now()) => {
      const s = Math.max(0, Math.round((now - at) / 1000));
      if (s < 45) return 'just now';
      if (s < 3600) return `${Math.max(1, Math.round(s / 60))} min ago`;
      if (s < 36 * 3600) return `${Math.round(s / 3600)} h ago`;
      return `${Math.round(s / 86_400)} days ago`;
    },
    duration: (ms) => {
      const s = Math.max(0, Math.round(ms / 1000));
      if (s < 90) return `${s} s`;
      if (s < 3600) return `${Math.round(s / 60)} min`;
      const minutes = Math.round((s % 3600) / 60);
      return minutes === 0 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 3600)} h ${minutes} min`;
    },
    plural,
    audience: (count) => `${plural(count.people, 'person', 'people')}, ${plural(count.addresses, 'address', 'addresses')}`,
  };
}

const FormatContext = createContext<Format>(createFormat('UTC'));

/** The frame wraps everything in this with the workspace's `reportingZone`. */
export function FormatProvider({ zone, children }: { readonly zone: string; readonly children: ReactNode }) {
  const format = useMemo(() => createFormat(zone), [zone]);
  return <FormatContext.Provider value={format}>{children}</FormatContext.Provider>;
}

/** `const f = useFormat(); f.audience({ people, addresses }); f.when(at)` */
export function useFormat(): Format {
  return useContext(FormatContext);
}
