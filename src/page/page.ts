/** The page: shows what the service sends, and brings it what people answer. */
import { html, nothing, render, type TemplateResult } from 'lit';
import { REPORTED, type Reported } from '../reason/reported.js';
import type { PageAnswer, PageFact, PageState, RoomState, SourceStateLine } from '../serve/page-state.js';
import { REASONS } from '../values.js';
import { LivePicture } from './live-picture.js';
import { textsIn, type PageTexts } from './texts.js';

/** A night's picture goes on while the page is open. */
const PICTURES_EVERY_MS = 60_000;

let state: PageState | undefined;
let isLost = false;
let watched = '';
let journalOf = '';
/** Why what was sent last was not taken, by whom it was about. */
let refusal: { room: string; why: string } | undefined;
/** What was reported last on this page, which can be taken back. */
let reported: { room: string; kind: Reported; id: string } | undefined;
/** Changes when pictures are to be loaded anew. */
let edition = 0;
/** The pictures in words, by their addresses. */
const captions = new Map<string, string>();
let picture: LivePicture | undefined;

const main = document.querySelector('main')!;
main.replaceChildren();

const events = new EventSource('state');
events.onmessage = ({ data }: MessageEvent<string>) => {
  const before = state?.rooms.map(({ cry }) => [cry?.id, cry?.isRunning, cry?.answer]);
  state = JSON.parse(data) as PageState;
  isLost = false;
  const after = state.rooms.map(({ cry }) => [cry?.id, cry?.isRunning, cry?.answer]);
  if (JSON.stringify(before) !== JSON.stringify(after)) edition++;
  show();
};
events.onerror = () => {
  isLost = true;
  show();
};
setInterval(() => {
  edition++;
  show();
}, PICTURES_EVERY_MS);

function show(): void {
  if (state === undefined) return;
  const { rooms, sources, language } = state;
  const texts = textsIn(language);
  document.documentElement.lang = language;
  const isCrying = rooms.some(({ cry }) => cry?.isRunning);
  document.title = `${isCrying ? '● ' : ''}DeepInfant`;
  const here = sources.filter(({ hasSound }) => hasSound);
  if (!here.some(({ source }) => source === watched)) watched = here.at(0)?.source ?? '';
  if (!rooms.some(({ room }) => room === journalOf)) journalOf = rooms.at(0)?.room ?? '';
  render(
    html`
      <h1>DeepInfant</h1>
      ${shardView(state, texts)}
      ${isLost ? html`<p class="trouble wide" role="alert">${texts.lost}</p>` : nothing}
      ${rooms.map(room => roomView(room, texts))} ${sourcesView(sources, texts)} ${soundView(here, texts)}
      ${rooms.length > 0 ? journalViews(rooms, texts) : nothing} ${connectionsView(state, texts)}
    `,
    main,
  );
  main.removeAttribute('aria-busy');
  const canvas = main.querySelector('canvas');
  // A configuration may have brought the first source whose sound is here.
  if (canvas && picture?.canvas !== canvas) {
    picture?.stop();
    picture = new LivePicture(canvas);
    picture.start();
  }
  if (picture) picture.source = watched;
}

function shardView({ shard }: PageState, texts: PageTexts): TemplateResult | typeof nothing {
  if (shard === null) return nothing;
  return html`<section class="wide" aria-label=${texts.shard}>
    <p class="now">${texts.shardOf(shard.number, shard.of)}</p>
    ${shard.waiting.map(({ room, why }) => html`<p class="trouble">${room || texts.title}: ${why}</p>`)}
  </section>`;
}

function roomView(room: RoomState, texts: PageTexts): TemplateResult {
  const { title, cry, troubles, isListening } = room;
  return html`<section class=${cry?.isRunning ? 'crying' : ''} aria-label=${title}>
    <h2>${title}</h2>
    ${isListening ? nothing : html`<p class="trouble">${texts.off}</p>`}
    <p class="now" aria-live="polite">${cry ? cry.text : texts.quiet}</p>
    ${cry ? html`<p class="faint">${texts.when(timeText(cry.at))}</p>` : nothing}
    ${cry ? answersView(room.room, cry, texts) : nothing} ${factsView(room.room, texts)}
    ${refusal?.room === room.room ? html`<p class="trouble" role="alert">${refusal.why}</p>` : nothing}
    ${troubles.map(trouble => html`<p class="trouble">${trouble}</p>`)}
  </section>`;
}

function answersView(
  room: string,
  { id, answer }: NonNullable<RoomState['cry']>,
  texts: PageTexts,
): TemplateResult {
  return html`<fieldset class="answers">
    <legend>${texts.what}</legend>
    ${REASONS.map(
      reason =>
        html`<button
          type="button"
          aria-pressed=${reason === answer}
          @click=${() => void post('answer', { room, cry: id, reason }, texts)}
        >
          ${texts.reasons[reason]}
        </button>`,
    )}
  </fieldset>`;
}

/** Without facts, the reason can hardly be known. */
function factsView(room: string, texts: PageTexts): TemplateResult {
  const isHere = reported?.room === room;
  return html`<fieldset class="answers">
      <legend>${texts.happened}</legend>
      ${REPORTED.map(
        kind =>
          html`<button type="button" @click=${() => void report(room, kind, texts)}>
            ${texts.facts[kind]}
          </button>`,
      )}
    </fieldset>
    <p class="noted" role="status">
      ${
        isHere
          ? html`${texts.noted(texts.facts[reported!.kind])}
              <button type="button" @click=${() => void takeBack(texts)}>${texts.takeBack}</button>`
          : nothing
      }
    </p>`;
}

async function report(room: string, kind: Reported, texts: PageTexts): Promise<void> {
  const reply = await post('fact', { room, kind }, texts);
  if (reply?.id !== undefined) reported = { room, kind, id: reply.id };
  edition++;
  show();
}

async function takeBack(texts: PageTexts): Promise<void> {
  if (reported === undefined) return;
  const { room, id } = reported;
  if (await post('fact', { room, withdraw: id }, texts)) reported = undefined;
  edition++;
  show();
}

/** @returns the reply; undefined, and a refusal is shown, if it was not taken */
async function post(
  where: 'answer' | 'fact',
  what: PageAnswer | PageFact,
  texts: PageTexts,
): Promise<{ id?: string } | undefined> {
  const { room } = what;
  let taken: { id?: string } | undefined;
  try {
    const reply = await fetch(where, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(what),
    });
    if (reply.ok) taken = (await reply.json()) as { id?: string };
    refusal = reply.ok ? undefined : { room, why: `${texts.notTaken} ${await reply.text()}` };
  } catch {
    refusal = { room, why: `${texts.notTaken} ${texts.lost}` };
  }
  show();
  return taken;
}

function sourcesView(sources: readonly SourceStateLine[], texts: PageTexts): TemplateResult {
  return html`<section aria-label=${texts.sources}>
    <h2>${texts.sources}</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">${texts.source}</th>
          <th scope="col">${texts.state}</th>
          <th scope="col" class="number">${texts.level}</th>
          <th scope="col" class="number">${texts.score}</th>
        </tr>
      </thead>
      <tbody>
        ${sources.map(
          ({ source, state: now, levelDb, score, lostS, restarts, error }) =>
            html`<tr>
                <th scope="row">${source}</th>
                <td>
                  ${texts.states[now]}${
                    lostS >= 1 || restarts > 0
                      ? html`<br /><span class="faint">${texts.losses(Math.round(lostS), restarts)}</span>`
                      : nothing
                  }
                </td>
                <td class="number">${levelDb === null ? '–' : `${Math.round(levelDb)} dB`}</td>
                <td class="number">${score === null ? '–' : percentText(score)}</td>
              </tr>
              ${
                error
                  ? html`<tr class="why">
                      <td colspan="4" class="trouble">${error}</td>
                    </tr>`
                  : nothing
              }`,
        )}
      </tbody>
    </table>
  </section>`;
}

function soundView(sources: readonly SourceStateLine[], texts: PageTexts): TemplateResult | typeof nothing {
  if (sources.length === 0) return nothing;
  return html`<section aria-label=${texts.sound}>
    <h2>${texts.sound}</h2>
    ${choice(
      texts.watch,
      sources.map(({ source }) => [source, source]),
      watched,
      chosen => (watched = chosen),
    )}
    <canvas role="img" aria-label=${texts.soundOf(watched)}></canvas>
  </section>`;
}

function journalViews(rooms: readonly RoomState[], texts: PageTexts): TemplateResult[] {
  const pictures = [
    ['night', texts.night],
    ['weeks', texts.weeks],
    ['accuracy', texts.record],
  ] as const;
  return pictures.map(([ask, title]) => {
    const address = new URLSearchParams({ room: journalOf, ask, edition: String(edition) }).toString();
    return html`<section aria-label=${title}>
      <h2>${title}</h2>
      ${
        ask === 'night'
          ? choice(
              texts.ofRoom,
              rooms.map(({ room, title: name }) => [room, name]),
              journalOf,
              chosen => (journalOf = chosen),
            )
          : nothing
      }
      <img src="picture?${address}" alt=${captionOf(address)} width="390" />
    </section>`;
  });
}

/** The picture in words, which come a little later. */
function captionOf(address: string): string {
  const known = captions.get(address);
  if (known === undefined) {
    if (captions.size > 10) captions.clear();
    captions.set(address, '');
    void fetch(`journal?${address}`)
      .then(reply => reply.json() as Promise<{ text: string }>)
      .then(({ text }) => {
        captions.set(address, text);
        show();
      })
      .catch(() => undefined);
  }
  return known ?? '';
}

/** Lets people choose where there is a choice. */
function choice(
  label: string,
  options: readonly (readonly [value: string, name: string])[],
  chosen: string,
  choose: (value: string) => void,
): TemplateResult | typeof nothing {
  if (options.length < 2) return nothing;
  return html`<p>
    <select
      aria-label=${label}
      @change=${({ target }: Event) => {
        choose((target as HTMLSelectElement).value);
        show();
      }}
    >
      ${options.map(
        ([value, name]) => html`<option value=${value} ?selected=${value === chosen}>${name}</option>`,
      )}
    </select>
  </p>`;
}

function connectionsView({ connections, messages }: PageState, texts: PageTexts): TemplateResult {
  return html`<section aria-label=${texts.messages}>
    ${
      connections.length > 0
        ? html`<h2>${texts.connections}</h2>
            ${connections.map(
              ({ name, trouble }) =>
                html`<p class=${trouble ? 'trouble' : ''}>${name}: ${trouble ?? texts.works}</p>`,
            )}`
        : nothing
    }
    <h2>${texts.messages}</h2>
    <ul>
      ${messages
        .toReversed()
        .slice(0, 12)
        .map(
          ({ at, what, message }) =>
            html`<li><span class="faint">${timeText(at)}</span> ${what}: ${message}</li>`,
        )}
    </ul>
  </section>`;
}

function timeText(at: number): string {
  return new Date(at).toLocaleTimeString(document.documentElement.lang, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}

function percentText(share: number): string {
  return share.toLocaleString(document.documentElement.lang, { style: 'percent' });
}
