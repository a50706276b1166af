import os from 'node:os';
import path from 'node:path';

/** Where everything is kept unless the configuration says otherwise (XDG Base Directory Specification). */
export function defaultFolder(env: NodeJS.ProcessEnv = process.env): string {
  // systemd makes that one for its services.
  if (env.STATE_DIRECTORY) return env.STATE_DIRECTORY;
  return path.join(env.XDG_DATA_HOME ?? path.join(os.homedir(), '.local', 'share'), 'deepinfant');
}
