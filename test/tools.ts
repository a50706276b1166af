import { spawnSync } from 'node:child_process';

/** What tests need beyond Node: each program, the Debian package that holds it, and what is tested with it. */
export const TOOLS = {
  ffmpeg: { debian: 'ffmpeg', for: 'recordings in formats other than WAV and FLAC' },
  'clang-14': { debian: 'clang-14', for: 'that native/ holds what its sources build' },
  'wasm-ld-14': { debian: 'lld-14', for: 'the same' },
  script: { debian: 'bsdutils', for: 'what a terminal shows' },
} as const;
export type Tool = keyof typeof TOOLS;

export function isInstalled(tool: Tool): boolean {
  return spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** The command that installs tools on Debian. */
export function installLine(tools: readonly Tool[]): string {
  return `apt-get install --no-install-recommends ${tools.map(tool => TOOLS[tool].debian).join(' ')}`;
}

/** Skips a test or suite where a tool is missing, and says how to install it; in CI it fails there instead. */
export function needTools(context: Mocha.Context, ...tools: Tool[]): void {
  const missing = tools.filter(tool => !isInstalled(tool));
  if (missing.length > 0) skip(context, `${missing.join(', ')} not found; ${installLine(missing)}`);
}

/** Skips a test or suite for want of something, and says why; in CI, which must have everything, it fails instead. */
export function skip(context: Mocha.Context, reason: string): never {
  if (process.env.CI === 'true') throw new Error(reason);
  console.log(`      skipped: ${reason}`);
  return context.skip();
}
