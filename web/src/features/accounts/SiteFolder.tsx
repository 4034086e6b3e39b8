import { base64urlOf } from '@automator67/worker';
import { useId, useState } from 'react';
import { describedBy, Field } from '../../ui/Field';
import { TextInput } from '../../ui/TextInput';
import { pathInFolder, SITE_BYTES_MAX, type SiteFile } from './new-resource';

type SiteFolderProps = {
  files: readonly SiteFile[];
  onFiles: (files: readonly SiteFile[]) => void;
};

async function readFolder(list: FileList): Promise<readonly SiteFile[]> {
  return Promise.all(
    [...list].map(async (file) => ({
      path: pathInFolder(file.webkitRelativePath),
      bytes: base64urlOf(new Uint8Array(await file.arrayBuffer())),
    })),
  );
}

/** The folder that a site is made of. */
export function SiteFolder({ files, onFiles }: SiteFolderProps) {
  const id = useId();
  const [error, setError] = useState<string | null>(null);

  async function take(list: FileList | null): Promise<void> {
    const bytes = [...(list ?? [])].reduce((sum, file) => sum + file.size, 0);
    if (list === null || bytes > SITE_BYTES_MAX) {
      onFiles([]);
      setError(
        list === null ? null : 'The folder holds more than 16 MB, which is too much from here.',
      );
      return;
    }
    setError(null);
    onFiles(await readFolder(list));
  }

  return (
    <Field
      label="Folder"
      htmlFor={id}
      error={error}
      hint={
        files.length === 0
          ? 'Its files are published as they are; index.html is the first page.'
          : `${files.length} ${files.length === 1 ? 'file' : 'files'}`
      }
    >
      <TextInput
        id={id}
        type="file"
        multiple
        data-testid="new-site-folder"
        aria-describedby={describedBy(id)}
        ref={(element) => element?.setAttribute('webkitdirectory', '')}
        onChange={(event) => void take(event.target.files)}
      />
    </Field>
  );
}
