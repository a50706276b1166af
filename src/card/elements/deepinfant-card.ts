import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { nightAt } from '../../night.js';
import { timeZoneOf } from '../clock.js';
import { type CardConfig, parseConfig } from '../config.js';
import { type EntityIds, findEntities, knownState, ourDevices } from '../entities.js';
import { faceOf, playbackOf } from '../face.js';
import { type Format, formatOf } from '../format.js';
import type { Hass } from '../hass.js';
import { EntityHistory } from '../history.js';
import { localizer } from '../localize.js';
import type { CardState, StateOf } from '../card-state.js';
import { INTENSITIES } from '../../values.js';
import { countedCries, type NightNews, timelineOf } from '../timeline.js';
import { otherVersion } from '../version.js';
import { Clips } from './clips.js';
import { styles } from './styles.js';
import { answersView } from './views/answers.js';
import { clipView } from './views/clip.js';
import { headerView } from './views/header.js';
import { nightView } from './views/night.js';
import { reasonView } from './views/reason.js';
import { sourceView } from './views/source.js';

const TYPE = 'deepinfant-card';

/** The times that are shown go on so often. */
const TICK_MS = 20_000;
const CRYING_TICK_MS = 1000;

/** An answer that the entity does not show by then was not taken. */
const ANSWER_TIMEOUT_MS = 5000;

/** So long it is shown what became of what the user did. */
const NOTICE_MS = 10_000;

/** Home Assistant's dashboard card: crying or quiet, the night, the reason, and answers. */
export class DeepInfantCard extends LitElement {
  static override readonly properties = {
    home: { state: true },
    now: { state: true },
    config: { state: true },
    ids: { state: true },
    isFailed: { state: true },
    pendingAnswer: { state: true },
    notice: { state: true },
  };
  static override readonly styles = styles;

  /** Home Assistant as it was when something last changed that is shown here. */
  declare private home?: Hass;
  /** Epoch ms. */
  declare private now: number;
  declare private config?: CardConfig;
  /** Undefined while they are looked for. */
  declare private ids?: EntityIds;
  /** Whether they could not be looked for. */
  declare private isFailed: boolean;
  /** An answer that was given and is not yet confirmed. */
  declare private pendingAnswer?: string;
  /** What became of what the user did last. */
  declare private notice?: string;
  private readonly history = new EntityHistory(() => {
    this.requestUpdate();
  });
  private readonly clips = new Clips(this);
  private format!: Format;
  private ticking?: number;
  private waiting?: number;

  static getConfigForm(): object {
    const text = localizer(document.documentElement.lang);
    const filter = { integration: 'mqtt', manufacturer: 'DeepInfant' };
    return {
      schema: [
        { name: 'device', required: true, selector: { device: { filter } } },
        { name: 'media', selector: { text: {} } },
      ],
      computeLabel: ({ name }: { name: string }) => text(`editor.${name}`),
      computeHelper: ({ name }: { name: string }) => text(`editor.${name}Help`),
    };
  }

  static getStubConfig(hass: Hass): Omit<CardConfig, 'type'> {
    return { device: ourDevices(hass).at(0)?.id ?? '' };
  }

  /** Set by Home Assistant whenever any state changes. */
  set hass(hass: Hass) {
    const { home, ids } = this;
    const isSame =
      home?.entities === hass.entities &&
      home.devices === hass.devices &&
      home.locale === hass.locale &&
      home.connected === hass.connected &&
      ids !== undefined &&
      Object.values(ids).every(id => home.states[id] === hass.states[id]);
    if (!isSame) this.home = hass;
  }

  setConfig(config: unknown): void {
    this.config = parseConfig(config);
    this.ids = undefined;
  }

  /** In units of 50 px, for the masonry layout. */
  getCardSize(): number {
    return 8;
  }

  /** For the sections layout. */
  getGridOptions(): object {
    return { columns: 12, min_columns: 6, rows: 'auto' };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.history.stop();
    clearTimeout(this.ticking);
    this.say(undefined);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { home, config } = this;
    if (home === undefined || config === undefined) return;
    this.now = Date.now();
    const before = changed.has('home') ? (changed.get('home') as Hass | undefined) : home;
    if (before?.locale !== home.locale) this.format = formatOf(home);
    const isSame =
      before?.entities === home.entities &&
      before.devices === home.devices &&
      before.connected === home.connected;
    if (home.connected && (!isSame || changed.has('config'))) void this.find(home, config.device);
    const { crying, health } = this.ids ?? {};
    const followed = [crying, health].filter(id => id !== undefined);
    this.history.follow(home, followed, nightAt(this.now, timeZoneOf(home)).from);
    const cry = this.stateOf('cry')?.attributes;
    this.clips.follow(home, config.media, cry?.event_type === 'ended' ? String(cry.cry) : undefined);
    const { pendingAnswer: answer, format } = this;
    if (answer !== undefined && this.stateOf('answer')?.state === answer)
      this.say(format.text('answer.taken', { reason: format.text(`answer.${answer}`) }));
  }

  protected override updated(): void {
    clearTimeout(this.ticking);
    const tick = (): void => {
      this.now = Date.now();
    };
    const isCrying = this.stateOf('crying')?.state === 'on';
    this.ticking = window.setTimeout(tick, isCrying ? CRYING_TICK_MS : TICK_MS);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { home, config, ids, isFailed, now, format, stateOf } = this;
    if (home === undefined || config === undefined) return nothing;
    const state: CardState = { stateOf, format, now };
    const device = home.devices[config.device];
    const name = device?.name_by_user ?? device?.name ?? '';
    if (device === undefined || isFailed || ids === undefined) {
      const missing = !home.connected ? 'offline' : isFailed ? 'failed' : 'loading';
      const face = device === undefined ? 'gone' : missing;
      return html`<ha-card>${headerView(state, face, name)}</ha-card>`;
    }
    const face = faceOf(stateOf, home.connected);
    return html`
      <ha-card class=${face}>
        ${headerView(state, face, name)} ${face === 'incomplete' ? nothing : this.nightView(home, ids)}
        ${reasonView(state, face)} ${clipView(this.clips, format.text)}
        ${answersView(state, this.pendingAnswer, this.answer)}
        <p class="notice" role="status">${this.notice ?? nothing}</p>
        ${face === 'away' || face === 'offline' ? nothing : sourceView(state, this.toggle)}
        ${this.versionView(device.sw_version)}
      </ha-card>
    `;
  }

  private nightView(home: Hass, ids: EntityIds): TemplateResult | typeof nothing {
    const { history, now, format } = this;
    if (ids.cries_tonight === undefined) return nothing;
    const timeZone = timeZoneOf(home);
    const isOver = now >= nightAt(now, timeZone).to;
    const night = timelineOf(this.nightNews, now, timeZone);
    const state = history.state === 'here' && night.gaps === undefined ? 'missing' : history.state;
    const note = state === 'here' ? undefined : format.text(`night.${state}`);
    return nightView({ night, isOver, note }, format, this.open);
  }

  private get nightNews(): NightNews {
    const { history, ids, stateOf } = this;
    const lastCry = Date.parse(knownState(stateOf('last_cry')) ?? '');
    const crying = stateOf('crying');
    const intensity = INTENSITIES.find(known => known === knownState(stateOf('intensity'))) ?? 'cry';
    const isCrying = crying?.state === 'on';
    return {
      counted: countedCries(stateOf('cries_tonight')?.attributes.cries),
      ...(isCrying && {
        running: { from: Number.isNaN(lastCry) ? Date.parse(crying.last_changed) : lastCry, intensity },
      }),
      crying: history.of(ids?.crying),
      health: history.of(ids?.health),
      isPlayback: playbackOf(stateOf) !== undefined,
    };
  }

  /** A card that was not updated with its package, or that the browser kept. */
  private versionView(ofPackage: string | null | undefined): TemplateResult | typeof nothing {
    const versions = otherVersion(ofPackage);
    if (versions === undefined) return nothing;
    return html`<p class="notice version">${this.format.text('version.differs', versions)}</p>`;
  }

  private readonly stateOf: StateOf = key => this.home?.states[this.ids?.[key] ?? ''];

  private async find(home: Hass, deviceId: string): Promise<void> {
    const device = home.devices[deviceId];
    if (device === undefined) return;
    try {
      const ids = await findEntities(home, device);
      // Meanwhile the user may have chosen another one.
      if (deviceId !== this.config?.device) return;
      this.isFailed = false;
      if (JSON.stringify(ids) !== JSON.stringify(this.ids)) this.ids = ids;
    } catch {
      this.isFailed = true;
    }
  }

  private readonly open = (): void => {
    const detail = { entityId: this.ids?.crying };
    this.dispatchEvent(new CustomEvent('hass-more-info', { detail, bubbles: true, composed: true }));
  };

  private readonly answer = (reason: string): void => {
    this.say(undefined);
    this.pendingAnswer = reason;
    const refuse = (): void => {
      this.say(this.format.text('answer.refused'));
    };
    this.waiting = window.setTimeout(refuse, ANSWER_TIMEOUT_MS);
    this.call('select.select_option', { entity_id: this.ids?.answer, option: reason }).catch(refuse);
  };

  private readonly toggle = (): void => {
    this.say(undefined);
    this.call('switch.toggle', { entity_id: this.ids?.listening }).catch(() => {
      this.say(this.format.text('listening.refused'));
    });
  };

  /** Says for a while what became of what the user did; nothing is pending then. */
  private say(notice: string | undefined): void {
    clearTimeout(this.waiting);
    this.pendingAnswer = undefined;
    this.notice = notice;
    const end = (): void => {
      this.notice = undefined;
    };
    if (notice !== undefined) this.waiting = window.setTimeout(end, NOTICE_MS);
  }

  private async call(action: string, data: object): Promise<void> {
    const [domain, service] = action.split('.');
    await this.home?.callService(domain, service, data);
  }
}

customElements.define(TYPE, DeepInfantCard);

// Home Assistant offers what is in this list when somebody adds a card; it may hold the list already.
const page = window as { customCards?: object[] };
const text = localizer(document.documentElement.lang);
(page.customCards ??= []).push({
  type: TYPE,
  name: text('card.name'),
  description: text('card.description'),
  preview: true,
});
