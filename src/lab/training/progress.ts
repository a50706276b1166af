/** What is shown while a run goes on. */
export interface Progress {
  phase: 'reading' | 'training' | 'validating' | 'measuring' | 'nights';
  done: number;
  total: number;
  loss?: number;
}
