import { randomUUID } from 'node:crypto';
import path from 'node:path';
import * as v from 'valibot';
import { check } from '../check.js';
import { StateFile } from '../files/state-file.js';

const SERVICE_ID = v.object({ id: v.pipe(v.string(), v.uuid()) });

/** What a broker knows this service by; the same after a restart. @param report gets what goes wrong with its file */
export async function serviceIdIn(folder: string, report: (error: unknown) => void): Promise<string> {
  const file = new StateFile(
    {
      path: path.join(folder, 'service.json'),
      what: 'the id of this service',
      version: 1,
      check: json => check(SERVICE_ID, json, 'id of this service'),
    },
    report,
  );
  const kept = file.open();
  const id = kept?.id ?? randomUUID();
  if (kept === undefined) await file.save(() => ({ id }));
  await file.close();
  return id;
}
