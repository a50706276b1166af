/** What caregivers report as happening now, with a button. Each is the kind of a fact. */
export const REPORTED = ['feed', 'burp', 'change', 'sleep', 'wake'] as const;
export type Reported = (typeof REPORTED)[number];
