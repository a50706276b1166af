import { capital } from '../../texts/capital.js';
import { melTicks } from '../../pictures/spectrogram.js';
import { SEED_FRONT_END } from '../../features/front-end.js';
import type { Language } from '../../texts/language.js';
import { timeText } from '../calendar.js';
import { durationText } from '../../texts/duration.js';
import { endOf, type CryEntry, type CrySound } from '../entries.js';
import { criedText, cryText, dateText, journalTexts, whyText } from '../sentences.js';
import { MARK_SHARE } from './cry-picture.js';
import { image, path, round, text } from '../../pictures/svg.js';
import { heading, MARGIN, picture, WIDTH } from './sheet.js';

const LEFT = 40;
const TOP = 124;
const HEIGHT = 200;

/** The spectrogram of a cry with its windows marked, and seconds from its onset. @param png its picture; undefined where none is kept */
export function cryDrawing(cry: CryEntry, png: Uint8Array | undefined, language: Language = 'en'): string {
  const texts = journalTexts(language).picture;
  const words = cryText(cry, language);
  const head = heading(
    `${dateText(cry.onset, language)}, ${timeText(cry.onset)}`,
    capital(criedText(cry, language)),
    ...[cry.isCutOff ? capital(journalTexts(language).restUnheard) : '', whyText(cry, language)].filter(
      Boolean,
    ),
  );
  if (!cry.sound || !png)
    return picture(120, words, [head, text(MARGIN, 112, texts.noSound, { class: 'small' })]);
  const { from, durationS } = cry.sound;
  const keptS = durationS - (cry.onset - from) / 1000;
  const isWhole = endOf(cry) - cry.onset < 1000 * (keptS + 1);
  const right = WIDTH - MARGIN;
  const across = (time: number): number => LEFT + ((time - from) / (1000 * durationS)) * (right - LEFT);
  const marks = TOP + HEIGHT * MARK_SHARE;
  const { mels } = SEED_FRONT_END;
  return picture(TOP + HEIGHT + 50, words, [
    head,
    image(png, LEFT, TOP, right - LEFT, HEIGHT),
    text(LEFT, TOP - 8, `${isWhole ? '' : texts.first(durationText(keptS))}${texts.bars}`, {
      class: 'small',
    }),
    ...melTicks().map(({ at, text: hz }) =>
      text(LEFT - 6, marks + (1 - at / mels) * (TOP + HEIGHT - marks) + 4, hz, { class: 'end small' }),
    ),
    text(LEFT - 6, marks + 12, 'Hz', { class: 'end small' }),
    bracket(across(cry.onset), isWhole ? across(endOf(cry)) : right, TOP + HEIGHT + 6, isWhole),
    cry.onset > from
      ? text(across(cry.onset) - 6, TOP + HEIGHT + 18, texts.before, { class: 'end small' })
      : '',
    ...seconds(cry, cry.sound).map(at =>
      text(across(cry.onset + 1000 * at), TOP + HEIGHT + 34, at === 0 ? texts.onset : `${at} s`, {
        class: 'mid small',
      }),
    ),
  ]);
}

/** From the onset to the end, where that is on the picture. */
function bracket(from: number, to: number, y: number, isWhole: boolean): string {
  return path(`M${round(from)} ${y + 10}V${y}H${round(to)}${isWhole ? `V${y + 10}` : ''}`, {
    fill: 'none',
    stroke: 'var(--ink)',
    'stroke-width': 2,
  });
}

/** Round seconds from the onset, four or so. */
function seconds({ onset }: CryEntry, { from, durationS }: CrySound): number[] {
  const length = durationS - (onset - from) / 1000;
  const apart = [1, 2, 5, 10, 20].find(step => length / step <= 4) ?? 20;
  return Array.from({ length: Math.floor(length / apart) + 1 }, (_, i) => i * apart);
}
