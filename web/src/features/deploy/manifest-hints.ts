// Fills the settings from automator67.yaml before the engine reads it properly: only plain
// top-level `name:` and `replicas:` lines. Anything else is the engine's to find.
import type { Source } from '@automator67/worker';

export function manifestHints(source: Source): { name?: string; replicas?: number } {
  const text = source.texts?.['automator67.yaml'] ?? source.texts?.['automator67.yml'];
  if (!text) return {};
  const name = /^name:\s*["']?([a-z0-9-]{1,40})["']?\s*(?:#.*)?$/m.exec(text)?.[1];
  const replicas = Number(/^replicas:\s*(\d{1,3})\s*(?:#.*)?$/m.exec(text)?.[1]);
  return {
    ...(name && { name }),
    ...(replicas >= 1 && replicas <= 100 && { replicas }),
  };
}
