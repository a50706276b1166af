import type { RED as EditorApi } from '@node-red/editor-client';

declare global {
  /** Node-RED's editor. */
  const RED: EditorApi & {
    settings: {
      /** Names of the installed models, from deepinfant-detector.ts. */
      deepinfantDetectorModels: {
        name: string;
        /** By preset; without those that its card does not state. */
        figures: Record<string, { found: number; episodes: number; falseAlarmsPerNight: number } | undefined>;
      }[];
      /** Red, green and blue in 0 to 255 of each shade, from quiet to loud, from deepinfant-detector.ts. */
      deepinfantDetectorColours: number[];
    };
  };
}
