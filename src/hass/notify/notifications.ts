import type { Baby } from '../../baby/baby.js';
import type { CryEvent } from '../../values.js';
import type { HassConnection } from '../connection.js';
import type { Incoming } from '../incoming.js';
import type { CryFilter } from './cry-filter.js';
import {
  type BabyInWords,
  type CryNews,
  cryText,
  notedCryOf,
  ownerOf,
  type Say,
} from './cry-notification.js';
import { CryNotifier } from './cry-notifier.js';
import { Logbook } from './logbook.js';
import type { TapNews } from './notification-plan.js';
import { SourceNotifier } from './source-notifier.js';

export interface NotificationsOptions {
  hass: HassConnection;
  /** The baby who cries where nobody says otherwise. */
  baby: Baby | undefined;
  /** Actions that notify, in the order in which they are notified; none only logs. */
  phones: readonly string[];
  filter: CryFilter;
  /** How long each phone has to answer before the next one is notified; 0 notifies all at once. */
  escalateMs: number;
  /** How long a source may not be heard before phones are notified of it; 0 never notifies. */
  lostAfterMs: number;
  /** The page that a tap on a notification opens; '' for what the app opens by itself. */
  dashboard: string;
  /** Whether Home Assistant's logbook gets cries, answers and troubles of sources. */
  hasLogbook: boolean;
  say: Say;
  /** Where it is kept who was notified of which cry, and of which lost source. */
  cryFile: string;
  sourceFile: string;
  /** Gets what each tap says of a cry. */
  answered: (news: TapNews) => void;
  /** Gets what goes wrong, once until it is mended. */
  report: (error: unknown) => void;
  /** Is called when `notifier` may have changed. */
  changed: () => void;
}

/** Notifies people of cries and of lost sources, on their phones and in Home Assistant's logbook. */
export class Notifications {
  readonly notifier: CryNotifier;
  private readonly sources: SourceNotifier;
  private readonly log: Logbook | undefined;

  constructor(private readonly options: NotificationsOptions) {
    const { hass, phones, filter, dashboard, say, report } = options;
    this.notifier = new CryNotifier({
      hass,
      phones,
      filter,
      escalateMs: options.escalateMs,
      baby: news => this.babyOf(news),
      dashboard,
      say,
      file: options.cryFile,
      answered: news => {
        this.receiveTap(news);
      },
      report,
      changed: options.changed,
    });
    this.sources = new SourceNotifier({
      hass,
      phones,
      afterMs: options.lostAfterMs,
      quiet: filter.quiet,
      dashboard,
      say,
      file: options.sourceFile,
      report,
    });
    if (options.hasLogbook) this.log = new Logbook({ hass, say, report });
  }

  start(): void {
    this.log?.start();
    this.notifier.start();
    this.sources.start();
  }

  push(incoming: Incoming): void {
    switch (incoming.kind) {
      case 'cry':
        this.pushCry(incoming.cry);
        return;
      case 'health':
        this.log?.pushHealth(incoming.health);
        this.sources.push(incoming.health);
        return;
      case 'answer':
        if (incoming.baby !== undefined) this.notifier.pushOwner(incoming.cry, incoming.baby);
        this.notifier.pushAnswer(incoming.answer);
        return;
      case 'owner':
        this.notifier.pushOwner(incoming.cry, incoming.baby);
        return;
      case 'no-answer':
        this.notifier.withdrawAnswer(incoming.cry);
    }
  }

  /** Resolves when what is on its way has arrived, and is on disk. */
  async stop(): Promise<void> {
    await this.notifier.stop();
    await this.sources.stop();
    await this.log?.stop();
  }

  private pushCry(event: CryEvent): void {
    this.notifier.push(event);
    if (event.state !== 'ended') return;
    const news = { cry: notedCryOf(event) };
    this.log?.push({ name: this.babyOf(news).name, message: cryText(this.options.say, news) });
  }

  private receiveTap(news: TapNews): void {
    const { say, answered } = this.options;
    const { cry, reason, baby, by } = news;
    answered(news);
    const { name } = this.babyOf({ cry, owner: baby });
    const message = reason
      ? say('saysOf', { name, reason: say(`guess.${reason}`) })
      : say('saysWho', { name });
    this.log?.push({ name: by, message });
  }

  /** The baby of the options, unless another one of the room cries, or nobody knows which. */
  private babyOf(news: CryNews): BabyInWords {
    const { baby, say } = this.options;
    const { name = '', lastFed } = baby ?? {};
    const { who } = news.cry;
    const owner = ownerOf(news);
    if (who === undefined || owner === name) return { name: name || say('theBaby'), lastFed };
    return { name: owner ?? (this.listOf(who.names) || say('theBaby')) };
  }

  /** 'Mia, Leo or Zoe' */
  private listOf(names: readonly string[]): string {
    return [names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(` ${this.options.say('or')} `);
  }
}
