import { html, nothing, type TemplateResult } from 'lit';
import { endOf } from '../../cry.js';
import { known } from '../../entities.js';
import type { Face } from '../../face.js';
import type { Shown } from '../../card-state.js';
import { INTENSITIES, type Intensity } from '../../timeline.js';

/** The faces, and those that the card has before it knows its entities. */
type HeaderFace = Face | 'gone' | 'loading' | 'failed';

const ICONS: Record<HeaderFace, string> = {
  offline: 'mdi:lan-disconnect',
  crying: 'mdi:emoticon-cry-outline',
  quiet: 'mdi:ear-hearing',
  off: 'mdi:ear-hearing-off',
  deaf: 'mdi:microphone-off',
  away: 'mdi:server-network-off',
  waiting: 'mdi:timer-sand-empty',
  incomplete: 'mdi:puzzle-outline',
  gone: 'mdi:delete-outline',
  failed: 'mdi:alert-circle-outline',
  loading: 'mdi:dots-horizontal',
};

/** How it is now, in a word that a screen reader says when it changes. @param name the baby's */
export function headerView(shown: Shown, face: HeaderFace, name: string): TemplateResult {
  const intensity = face === 'crying' ? intensityOf(shown) : undefined;
  return html`
    <header class=${face}>
      <span class="shape ${intensity ?? ''}"><ha-icon icon=${ICONS[face]}></ha-icon></span>
      <div>
        <h2 aria-live=${face === 'crying' ? 'assertive' : 'polite'}>
          ${shown.format.text(`face.${face}`, { name })}
        </h2>
        <p>${subtitle(shown, face)}</p>
      </div>
      ${intensity === undefined ? nothing : meterView(intensity)}
    </header>
  `;
}

function intensityOf({ stateOf }: Shown): Intensity | undefined {
  return INTENSITIES.find(intensity => intensity === known(stateOf('intensity')));
}

/** As a telephone shows how well it receives; the subtitle says the same in words. */
function meterView(intensity: Intensity): TemplateResult {
  const level = INTENSITIES.indexOf(intensity);
  return html`
    <span class="meter ${intensity}" aria-hidden="true">
      ${INTENSITIES.map((_, step) => html`<span class=${step <= level ? 'lit' : ''}></span>`)}
    </span>
  `;
}

function subtitle(shown: Shown, face: HeaderFace): string {
  const { stateOf, now } = shown;
  const { text, ago, duration } = shown.format;
  const lastCry = Date.parse(known(stateOf('last_cry')) ?? '');
  const lastEnd = endOf(stateOf('cry'));
  switch (face) {
    case 'crying': {
      const since = Number.isNaN(lastCry) ? Date.parse(stateOf('crying')!.last_changed) : lastCry;
      const intensity = intensityOf(shown);
      const words = text('since.crying', { duration: duration(now - since) });
      return intensity === undefined ? words : `${words} · ${text(`intensity.${intensity}`)}`;
    }
    case 'quiet':
      if (Number.isNaN(lastCry)) return text('since.noCry');
      // The end of an earlier one says nothing about this one.
      return lastEnd >= lastCry
        ? text('since.ended', { ago: ago(now - lastEnd) })
        : text('since.began', { ago: ago(now - lastCry) });
    case 'deaf': {
      const { state = 'unknown', attributes } = stateOf('health') ?? {};
      return typeof attributes?.error === 'string' ? attributes.error : text(`health.${state}`);
    }
    default:
      return text(`hint.${face}`);
  }
}
