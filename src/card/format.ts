import { durationText } from '../texts/duration.js';
import type { ReasonTexts } from '../texts/en.js';
import { timeZoneOf } from './clock.js';
import type { Hass } from './hass.js';
import { localizer, type Localize } from './localize.js';
import { reasonTextsIn } from './reason.js';

/** Writes texts, times and numbers as the user wants to read them. */
export interface Format {
  text: Localize;
  /** Sentences about reasons. */
  reasons: ReasonTexts;
  /** A time of day. @param at epoch ms */
  time: (at: number) => string;
  /** An hour of the day, from 0 to 23, as short as it is understood: `18`, `6 PM`. */
  hour: (at: number) => string;
  /** As coarse as it is long: `12 s`, `1 min 5 s`, `20 min`, `3 h 10 min`. */
  duration: (ms: number) => string;
  /** How long ago: `5 minutes ago`, `yesterday`. */
  ago: (ms: number) => string;
  /** @param percent from 0 to 100 */
  percent: (percent: number) => string;
  /** `Mia or Leo`. */
  anyOf: (names: string[]) => string;
}

const HOUR_CYCLES = { '12': 'h12', '24': 'h23', language: undefined, system: undefined } as const;

export function formatOf(hass: Pick<Hass, 'locale' | 'config'>): Format {
  const { language, time_format: timeFormat } = hass.locale;
  const timeZone = timeZoneOf(hass);
  const hourCycle = HOUR_CYCLES[timeFormat];
  const tag = timeFormat === 'system' ? undefined : language;
  const text = localizer(language);
  const time = new Intl.DateTimeFormat(tag, { hour: 'numeric', minute: '2-digit', hourCycle, timeZone });
  const hour = new Intl.DateTimeFormat(tag, { hour: 'numeric', hourCycle, timeZone });
  const ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const percent = new Intl.NumberFormat(language, { style: 'percent' });
  const anyOf = new Intl.ListFormat(language, { type: 'disjunction' });
  return {
    text,
    reasons: reasonTextsIn(language),
    time: at => time.format(at),
    // German and others add a word to it: `18 Uhr`.
    hour: at =>
      hour
        .formatToParts(at)
        .filter(({ type }) => type === 'hour' || type === 'dayPeriod')
        .map(({ value }) => value)
        .join(' '),
    duration: ms => durationText(ms / 1000),
    ago: ms => {
      const minutes = Math.max(0, Math.round(ms / 60_000));
      if (minutes < 60) return ago.format(-minutes, 'minute');
      return minutes < 24 * 60
        ? ago.format(-Math.round(minutes / 60), 'hour')
        : ago.format(-Math.round(minutes / 60 / 24), 'day');
    },
    percent: value => percent.format(value / 100),
    anyOf: names => anyOf.format(names),
  };
}
