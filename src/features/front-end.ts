/** Setting of the log-mel front end: frequencies in Hz, fftSize and hop in samples. */
export interface FrontEnd {
  sampleRate: 16000;
  fftSize: number;
  hop: number;
  mels: number;
  fMin: number;
  fMax: number;
  scale: 'slaney';
}

/** The setting that native/log-mel.c is compiled for. */
export const SEED_FRONT_END: FrontEnd = {
  sampleRate: 16000,
  fftSize: 2048,
  hop: 512,
  mels: 128,
  fMin: 0,
  fMax: 8000,
  scale: 'slaney',
};
