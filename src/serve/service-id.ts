import { randomUUID } from 'node:crypto';
import path from 'node:path';
import * as v from 'valibot';
import { check } from '../check.js';
import { StateFile } from '../files/state-file.js';

const SERVICE_ID = v.object({ id: v.pipe(v.string(), v.uuid()) });

/**
 * What a broker knows the services by that keep everything in a folder: the same after a restart, and for all shards, so that
 * what the broker keeps for a satellite's receiver moves with the room.
 * @param report gets what goes wrong with its file
 */
export async function serviceIdIn(folder: string, report: (error: unknown) => void): Promise<string> {
  let id: string = randomUUID();
  const file = new StateFile(
    {
      path: path.join(folder, 'service.json'),
      what: 'the id of this service',
      version: 1,
      check: json => check(SERVICE_ID, json, 'id of this service'),
      // Shards that start together: the first one names all.
      join: other => {
        id = other.id;
      },
    },
    report,
  );
  const kept = file.open();
  if (kept) ({ id } = kept);
  else await file.save(() => ({ id }));
  await file.close();
  return id;
}
