import { dropOldest } from './drop-oldest.js';
import { messageOf } from './errors.js';

/** What fails may be called as messages say. */
const MOST_REPORTED = 1000;

/** Reports each trouble once until it is mended: a source or a phone that fails would repeat it every second. */
export class Troubles {
  private readonly reported = new Map<string, string>();

  /** @param report gets each error that is news */
  constructor(private readonly report: (error: unknown) => void) {}

  /** @param what names what fails, such as a phone or a file; another message about it is news */
  raise(what: string, error: unknown): void {
    const message = messageOf(error);
    if (this.reported.get(what) === message) return;
    this.reported.set(what, message);
    dropOldest(this.reported, MOST_REPORTED);
    this.report(error);
  }

  /** It works again: its next trouble is news. */
  mend(what: string): void {
    this.reported.delete(what);
  }
}
