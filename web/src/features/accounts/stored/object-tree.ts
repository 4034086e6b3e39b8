// A bucket's objects as folders: keys are flat, and a slash in one is what people call a folder.
export type StoredObject = { key: string; size: number; changedAt?: number };

export type Folder = { prefix: string; name: string; count: number; size: number };

export type Level = { folders: Folder[]; objects: StoredObject[] };

/** What is directly in `prefix` (empty, or with a slash at its end). */
export function levelOf(objects: readonly StoredObject[], prefix: string): Level {
  const folders = new Map<string, Folder>();
  const here: StoredObject[] = [];
  for (const object of objects) {
    if (!object.key.startsWith(prefix)) continue;
    const rest = object.key.slice(prefix.length);
    const slash = rest.indexOf('/');
    // "photos/" itself, as some tools store it, is the folder and no file in it.
    if (rest === '') continue;
    if (slash === -1) {
      here.push(object);
      continue;
    }
    const name = rest.slice(0, slash);
    const folder = folders.get(name) ?? { prefix: `${prefix}${name}/`, name, count: 0, size: 0 };
    folders.set(name, { ...folder, count: folder.count + 1, size: folder.size + object.size });
  }
  return { folders: [...folders.values()], objects: here };
}

export type Crumb = { label: string; prefix: string };

/** "a/b/" -> a, b; the bucket itself is not among them. */
export function crumbsOf(prefix: string): Crumb[] {
  const names = prefix.split('/').slice(0, -1);
  return names.map((label, at) => ({
    label: label === '' ? '(no name)' : label,
    prefix: `${names.slice(0, at + 1).join('/')}/`,
  }));
}

export const fileName = (key: string): string => key.slice(key.lastIndexOf('/') + 1) || key;
