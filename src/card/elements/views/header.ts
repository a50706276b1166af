import { html, nothing, type TemplateResult } from 'lit';
import { endOf } from '../../cry.js';
import { knownState } from '../../entities.js';
import { type Face, playbackOf } from '../../face.js';
import type { CardState } from '../../card-state.js';
import { crierOf } from '../../who.js';
import { INTENSITIES, type Intensity } from '../../../values.js';

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
  playing: 'mdi:play-circle-outline',
  played: 'mdi:stop-circle-outline',
  gone: 'mdi:delete-outline',
  failed: 'mdi:alert-circle-outline',
  loading: 'mdi:dots-horizontal',
};

/**
 * How it is now, in a word that a screen reader says when it changes.
 * @param name the device's, which is the baby's if there is only one
 */
export function headerView(state: CardState, face: HeaderFace, name: string): TemplateResult {
  const intensity = face === 'crying' ? intensityOf(state) : undefined;
  const crier = face === 'crying' ? crierOf(state) : undefined;
  return html`
    <header class=${face}>
      <span class="shape ${intensity ?? ''}"><ha-icon icon=${ICONS[face]}></ha-icon></span>
      <div>
        <h2 aria-live=${face === 'crying' ? 'assertive' : 'polite'}>
          ${state.format.text(`face.${face}`, { name: crier ?? name, source: playbackOf(state.stateOf)?.source ?? '' })}
        </h2>
        <p>${subtitle(state, face)}</p>
      </div>
      ${intensity === undefined ? nothing : meterView(intensity)}
    </header>
  `;
}

function intensityOf({ stateOf }: CardState): Intensity | undefined {
  return INTENSITIES.find(intensity => intensity === knownState(stateOf('intensity')));
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

function subtitle(state: CardState, face: HeaderFace): string {
  const { stateOf, now } = state;
  const { text, ago, duration } = state.format;
  const lastCry = Date.parse(knownState(stateOf('last_cry')) ?? '');
  const lastEnd = endOf(stateOf('cry'));
  switch (face) {
    case 'crying': {
      const since = Number.isNaN(lastCry) ? Date.parse(stateOf('crying')!.last_changed) : lastCry;
      const intensity = intensityOf(state);
      const words = text('since.crying', { duration: duration(now - since) });
      const playback = playbackOf(stateOf);
      return [
        playback && text('face.playing', { source: playback.source }),
        words,
        intensity && text(`intensity.${intensity}`),
      ]
        .filter(Boolean)
        .join(' · ');
    }
    case 'quiet':
      if (Number.isNaN(lastCry)) return text('since.noCry');
      // The end of an earlier one says nothing about this one.
      return lastEnd >= lastCry
        ? text('since.ended', { ago: ago(now - lastEnd) })
        : text('since.began', { ago: ago(now - lastCry) });
    case 'deaf': {
      const health = stateOf('health');
      if (health?.state === 'silent') return text('hint.silent');
      const error = health?.attributes.error;
      return typeof error === 'string' ? error : text(`health.${health?.state ?? 'unknown'}`);
    }
    default:
      return text(`hint.${face}`);
  }
}
