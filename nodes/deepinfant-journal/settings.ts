export interface JournalSettings {
  name: string;
  /** Id of a deepinfant-baby node, or '' for a baby of its own that nobody tells anything of. */
  baby: string;
  /** Time of the day at which the night is summed up, as HH:MM, or '' for never. */
  summaryAt: string;
}

export const JOURNAL_DEFAULTS: JournalSettings = {
  name: '',
  baby: '',
  summaryAt: '07:00',
};
