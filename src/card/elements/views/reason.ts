import { html, nothing, type TemplateResult } from 'lit';
import { certaintyOf } from '../../../reason/certainty.js';
import { capital } from '../../../texts/capital.js';
import type { ReasonEstimate } from '../../../values.js';
import { knownNumber, knownState } from '../../entities.js';
import type { Face } from '../../face.js';
import type { Format } from '../../format.js';
import { type Evidence, evidenceOf, STRONGEST } from '../../reason.js';
import { REASON_ICON, REASON_ICONS, type CardState } from '../../card-state.js';

/** Undefined of a reason that only another version knows. */
function labelled(texts: Record<ReasonEstimate['label'], string>, reason: string): string | undefined {
  return (texts as Partial<Record<string, string>>)[reason];
}

/** Why the last cry was, how sure that is, what to try, and what it rests on. */
export function reasonView(state: CardState, face: Face): TemplateResult | typeof nothing {
  const { stateOf, format } = state;
  const { text, reasons } = format;
  const reason = knownState(stateOf('reason'));
  if (reason === undefined) return nothing;
  const evidence = evidenceOf(stateOf('reason')!.attributes.contributions, reasons);
  const rest = evidence.slice(STRONGEST);
  const record = recordOf(state);
  const isNow = face === 'crying';
  return html`
    <section>
      <h3>${text(isNow ? 'reason.now' : 'reason.past')}</h3>
      ${guessView(state, reason)}
      ${isNow ? html`<p>${labelled(reasons.tip, reason) ?? nothing}</p>` : nothing}
      ${isNow || evidence.length === 0 ? nothing : html`<p>${text('reason.then')}</p>`}
      ${listView(evidence.slice(0, STRONGEST))}
      <details>
        <summary>
          <span>${text('reason.more')}</span><ha-icon icon="mdi:chevron-down"></ha-icon>
          ${record === undefined ? nothing : html`<span>${text('record.short', { record: record.text })}</span>`}
        </summary>
        ${listView(rest)}
        ${record === undefined ? html`<p>${text('record.none')}</p>` : recordView(record, format)}
      </details>
    </section>
  `;
}

function guessView({ stateOf, format }: CardState, reason: string): TemplateResult {
  const { text, percent, reasons } = format;
  const guess = labelled(reasons.guess, reason) ?? reason;
  const icon = html`<ha-icon icon=${REASON_ICONS[reason] ?? REASON_ICON}></ha-icon>`;
  const confidence = knownNumber(stateOf('confidence'));
  if (reason === 'unsure' || confidence === undefined)
    return html`<div class="guess">${icon}<span>${capital(guess)}</span></div>`;
  return html`
    <div class="guess">
      ${icon}
      <span>${text(`reason.${certaintyOf(confidence / 100)}`, { reason: guess })}</span>
      <span class="figure">${text('reason.sure', { confidence: percent(confidence) })}</span>
      <div class="track" aria-hidden="true"><span style="width: ${confidence}%"></span></div>
    </div>
  `;
}

function listView(evidence: readonly Evidence[]): TemplateResult | typeof nothing {
  return evidence.length === 0
    ? nothing
    : html`<ul>
        ${evidence.map(evidenceView)}
      </ul>`;
}

/** The words say what the icon does. */
function evidenceView({ text, factor }: Evidence): TemplateResult {
  const [side, icon] = factor >= 1 ? ['for', 'mdi:arrow-up-circle'] : ['against', 'mdi:arrow-down-circle'];
  return html`<li><ha-icon class=${side} icon=${icon}></ha-icon>${text}</li>`;
}

/** How often the likeliest reason was right, and always guessing the most common one would have been, in percent. */
interface ReasonRecord {
  accuracy: number;
  baseline: number;
  /** Such as `70% of 10 cries`. */
  text: string;
}

/** Undefined before the first answer. */
function recordOf({ stateOf, format: { text, percent } }: CardState): ReasonRecord | undefined {
  const accuracy = knownNumber(stateOf('accuracy'));
  const { baseline, answers } = stateOf('accuracy')?.attributes ?? {};
  if (accuracy === undefined || typeof answers !== 'number' || typeof baseline !== 'number') return undefined;
  const values = { accuracy: percent(accuracy), answers };
  return { accuracy, baseline, text: text(answers === 1 ? 'record.one' : 'record.many', values) };
}

function recordView(record: ReasonRecord, { text, percent }: Format): TemplateResult {
  return html`
    <div class="record">
      <div class="line-up">
        <span>${text('record.label')}</span>
        <span>${record.text}</span>
      </div>
      <div class="track" aria-hidden="true">
        <span style="width: ${record.accuracy}%"></span><i style="left: ${record.baseline}%"></i>
      </div>
      <p>${text('record.baseline', { baseline: percent(record.baseline) })}</p>
    </div>
  `;
}
