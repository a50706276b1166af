import path from 'node:path';

/** Where teachers' scores are kept unless --cache names another folder. */
export const DEFAULT_CACHE = path.join('runs', 'teacher-scores');

export const CACHE_OPTION = {
  type: 'string',
  value: 'FOLDER',
  help: `where teachers' scores are kept, by the content of recording and teacher (default: ${DEFAULT_CACHE})`,
} as const;
