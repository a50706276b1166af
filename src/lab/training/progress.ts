/** How far a training run has come. */
export interface Progress {
  phase: 'reading' | 'training' | 'validating' | 'measuring' | 'nights';
  done: number;
  total: number;
  loss?: number;
}
