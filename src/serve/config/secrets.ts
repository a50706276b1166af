import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, type ScalarTag } from 'yaml';
import { messageOf } from '../../errors.js';
import { isObject } from '../../unknown-data.js';

/** Docker and Compose put secrets there. */
const DOCKER_SECRETS = '/run/secrets';

/** A name of a secret or of an environment variable; a path would read other files. */
const NAME = /^\w[\w.-]*$/;

export interface SecretPlaces {
  /** The folder of the configuration: secrets.yaml in it has secrets by their names. */
  folder: string;
  /** Where each secret has a file of its own. */
  secretsFolder?: string;
  env: NodeJS.ProcessEnv;
}

/** Where secrets.yaml is. */
export function secretsFile(folder: string): string {
  return path.join(folder, 'secrets.yaml');
}

/**
 * The tags that stand for secrets, as in Home Assistant: `!secret NAME` from secrets.yaml beside the configuration, or
 * else from Docker's secrets; `!env_var NAME` from the environment.
 */
export function secretTags({ folder, secretsFolder = DOCKER_SECRETS, env }: SecretPlaces): ScalarTag[] {
  const resolver =
    (find: (name: string) => string) =>
    (name: string, onError: (message: string) => void): string => {
      try {
        return find(name);
      } catch (error) {
        onError(messageOf(error));
        return '';
      }
    };
  return [
    {
      tag: '!env_var',
      resolve: resolver(name => {
        const value = NAME.test(name) ? env[name] : undefined;
        if (value) return value;
        throw new Error(`There is no environment variable ${shown(name)}.`);
      }),
    },
    {
      tag: '!secret',
      resolve: resolver(name => {
        const value = NAME.test(name)
          ? (secretIn(folder, name) ?? dockerSecret(secretsFolder, name))
          : undefined;
        if (value) return value;
        throw new Error(
          `There is no secret ${shown(name)}: add it to ${secretsFile(folder)}, or as a file in ${secretsFolder}.`,
        );
      }),
    },
  ];
}

/** @throws Error for a file that is not a list of secrets; its message holds none of them */
function secretIn(folder: string, name: string): string | undefined {
  const file = secretsFile(folder);
  const text = textOf(file);
  if (text === undefined) return undefined;
  let secrets: unknown;
  try {
    secrets = parse(text, { prettyErrors: false, logLevel: 'silent' });
  } catch (error) {
    throw new Error(`${file} is not YAML: ${messageOf(error)}`, { cause: error });
  }
  const secret = isObject(secrets) && Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  return typeof secret === 'string' || typeof secret === 'number' ? String(secret) : undefined;
}

function dockerSecret(folder: string, name: string): string | undefined {
  return textOf(path.join(folder, name))?.trimEnd();
}

/** Undefined where there is no such file. @throws what else is wrong with it */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new Error(`Cannot read ${file}: ${messageOf(error)}.`, { cause: error });
  }
}

function shown(name: string): string {
  return `'${name.slice(0, 50)}'`;
}
