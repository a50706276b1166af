import { html, nothing, type TemplateResult } from 'lit';
import { knownState } from '../../entities.js';
import { REASON_ICON, REASON_ICONS, type CardState } from '../../card-state.js';

/**
 * One button a reason.
 * @param pending an answer that was given and is not yet confirmed
 */
export function answersView(
  { stateOf, format: { text } }: CardState,
  pending: string | undefined,
  answer: (reason: string) => void,
): TemplateResult | typeof nothing {
  const select = stateOf('answer');
  const options: unknown = select?.attributes.options;
  // A cry that can be answered has an intensity, which is unavailable while the source is.
  const hasCry = knownState(stateOf('last_cry')) !== undefined && stateOf('intensity')?.state !== 'unknown';
  if (!Array.isArray(options) || !hasCry) return nothing;
  const given = pending ?? knownState(select);
  const buttonView = (reason: string): TemplateResult => html`
    <button
      class=${reason === pending ? 'answer pending' : 'answer'}
      aria-pressed=${reason === given}
      ?disabled=${select?.state === 'unavailable'}
      @click=${() => {
        answer(reason);
      }}
    >
      <ha-icon icon=${reason === given ? 'mdi:check' : (REASON_ICONS[reason] ?? REASON_ICON)}></ha-icon>
      ${text(`answer.${reason}`)}
    </button>
  `;
  return html`
    <section role="group" aria-labelledby="question">
      <h3 id="question">${text('answer.title')}</h3>
      <div class="answers">${(options as string[]).map(buttonView)}</div>
    </section>
  `;
}
