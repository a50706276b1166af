import { html, nothing, type TemplateResult } from 'lit';
import type { Localize } from '../../localize.js';
import type { Clips } from '../clips.js';

/** What was kept of the last cry. */
export function clipView(
  { sound, picture, error }: Pick<Clips, 'sound' | 'picture' | 'error'>,
  text: Localize,
): TemplateResult | typeof nothing {
  if (error !== undefined) return html`<p class="notice">${text('clip.failed', { error })}</p>`;
  if (sound === undefined && picture === undefined) return nothing;
  return html`
    <section>
      <h3>${text('clip.title')}</h3>
      ${picture === undefined ? nothing : html`<img src=${picture} alt=${text('clip.picture')} />`}
      ${
        sound === undefined
          ? nothing
          : html`<audio controls preload="metadata" src=${sound} aria-label=${text('clip.play')}></audio>`
      }
    </section>
  `;
}
