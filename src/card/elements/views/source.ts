import { html, nothing, type TemplateResult } from 'lit';
import { knownState } from '../../entities.js';
import { playbackOf } from '../../face.js';
import type { HassEntity } from '../../hass.js';
import type { CardState } from '../../card-state.js';

const ICONS: Record<string, string | undefined> = {
  running: 'mdi:microphone',
  starting: 'mdi:microphone',
  silent: 'mdi:microphone-question',
};
const TROUBLES = ['silent', 'stalled', 'backoff', 'failed'];

/** How the microphone or camera is, and the switch for listening. */
export function sourceView(shown: CardState, toggle: () => void): TemplateResult | typeof nothing {
  const health = shown.stateOf('health');
  const listening = shown.stateOf('listening');
  if (health === undefined && listening === undefined) return nothing;
  return html`
    <footer>
      ${health === undefined ? html`<span></span>` : healthView(health, shown)}
      ${listening === undefined ? nothing : switchView(listening, shown, toggle)}
    </footer>
  `;
}

function healthView(health: HassEntity, { stateOf, format: { text } }: CardState): TemplateResult {
  const state = playbackOf(stateOf) ? 'playback' : health.state;
  return html`
    <span class=${TROUBLES.includes(state) ? 'health trouble' : 'health'}>
      <ha-icon icon=${ICONS[state] ?? 'mdi:microphone-off'}></ha-icon>${text(`health.${state}`)}
    </span>
  `;
}

function switchView(
  listening: HassEntity,
  { format: { text } }: CardState,
  toggle: () => void,
): TemplateResult {
  return html`
    <button
      class="switch"
      role="switch"
      aria-checked=${listening.state === 'on'}
      ?disabled=${knownState(listening) === undefined}
      @click=${toggle}
    >
      ${text('listening.label')}<span class="knob"></span>
    </button>
  `;
}
