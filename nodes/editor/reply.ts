/** What the runtime answers a dialog, or what went wrong. */
export type Reply<Answer> = Partial<Answer> & { error?: string };
