import type { ErrorView, PackProgress } from '@automator67/worker';
import { useId, useRef, useState } from 'react';
import { toErrorView } from '../../engine/errors';
import { useApps, useClient, useNodes } from '../../engine/hooks';
import { useOnline } from '../../engine/waiting';
import { storageWatch } from '../../engine/storage-watch';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';
import { describedBy, Field } from '../../ui/Field';
import { Notice } from '../../ui/Notice';
import { TextInput } from '../../ui/TextInput';
import { ChosenSource } from './ChosenSource';
import { deployStore, sourceOf, type Draft } from './deploy-draft';
import { DropZone } from './DropZone';
import { manifestHints } from './manifest-hints';
import { DropProblem, type Picked } from './read-drop';
import { StepFooter } from './StepFooter';
import { gitRefProblem, gitUrlProblem, nameFrom } from '../../engine/validate';

export function SourceStep({ draft }: { draft: Draft }) {
  const client = useClient();
  const nodes = useNodes();
  const apps = useApps();
  const urlId = useId();
  const refId = useId();
  const [progress, setProgress] = useState<PackProgress | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const [checked, setChecked] = useState(false);
  const online = useOnline();
  const job = useRef(0);
  const workers = nodes.filter((node) => node.role === 'worker' && node.state === 'awake').length;
  const isGit = draft.source === null && draft.gitUrl.trim() !== '';
  const fieldOf = (name: string) =>
    draft.fieldError?.field === name ? draft.fieldError.message : null;
  const urlError =
    (checked && isGit ? gitUrlProblem(draft.gitUrl.trim()) : null) ?? fieldOf('source.url');
  const refError = (isGit ? gitRefProblem(draft.gitRef.trim()) : null) ?? fieldOf('source.ref');

  function suggestFor(name: string, hints: { name?: string; replicas?: number }): void {
    const suggested = hints.name ?? nameFrom(name);
    const app = apps.find((one) => one.name === suggested);
    deployStore.suggest({
      name: suggested,
      replicas: hints.replicas ?? app?.replicasWanted ?? Math.min(3, Math.max(1, workers)),
    });
  }

  async function pick(reading: Promise<Picked>): Promise<void> {
    const mine = ++job.current;
    setError(null);
    setProgress({ stage: 'packing', done: 0, total: 0 });
    try {
      const picked = await reading;
      const host = await client();
      const onProgress = (next: PackProgress) => mine === job.current && setProgress(next);
      const source =
        picked.kind === 'archive'
          ? await host.addArchive(picked.file, onProgress)
          : {
              ...(await host.addFolder(picked.files, onProgress)),
              name: picked.name.slice(0, 255),
            };
      if (mine !== job.current) return;
      const skipped = picked.kind === 'folder' ? picked.skipped : [];
      deployStore.change({
        source,
        sourceName: picked.name,
        skipped,
        gitUrl: '',
        gitRef: '',
        fieldError: null,
      });
      suggestFor(picked.name, manifestHints(source));
    } catch (failure) {
      if (mine !== job.current) return;
      storageWatch.note(failure);
      setError(
        failure instanceof DropProblem
          ? { code: 'invalid_input', message: failure.message, hint: failure.hint }
          : toErrorView(failure),
      );
    } finally {
      if (mine === job.current) setProgress(null);
    }
  }

  function next(): void {
    setChecked(true);
    if (isGit) {
      if (gitUrlProblem(draft.gitUrl.trim()) || gitRefProblem(draft.gitRef.trim())) return;
      const name = draft.gitUrl.trim().replace(/\/+$/, '').split(/[/:]/).at(-1) ?? 'app';
      suggestFor(name, {});
    }
    deployStore.change({ step: 'settings', plan: null });
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (sourceOf(draft) && !progress) next();
      }}
    >
      <div className="space-y-5 p-4 sm:p-6">
        {!online && (
          <Notice tone="warn">
            This device is offline. A folder or an archive can be planned and started now: it is
            kept here and goes out when you are online again. From Git the nodes fetch by
            themselves, so whether the address is right is seen only then.
          </Notice>
        )}
        {online && workers === 0 && (
          <Notice tone="warn">
            No node is awake to run this app. You can prepare it now; claim a node before the
            rollout.
          </Notice>
        )}
        {draft.source ? (
          <ChosenSource
            draft={draft}
            onClear={() => deployStore.change({ source: null, sourceName: '', skipped: [] })}
          />
        ) : (
          <DropZone progress={progress} onPick={(reading) => void pick(reading)} />
        )}
        {error && <ErrorBox error={error} />}
        {draft.fieldError?.field === 'source' && <ErrorBox error={draft.fieldError} />}
        {!draft.source && (
          <>
            <div className="flex items-center gap-3 text-xs text-muted" aria-hidden>
              <span className="h-px flex-1 bg-line" />
              or from Git
              <span className="h-px flex-1 bg-line" />
            </div>
            <div className="grid gap-4 sm:grid-cols-[1fr_13rem]">
              <Field
                label="Git URL"
                htmlFor={urlId}
                error={urlError}
                hint="The nodes fetch it themselves, so it must be readable for them."
              >
                <TextInput
                  id={urlId}
                  data-testid="deploy-git-url"
                  inputMode="url"
                  autoComplete="off"
                  spellCheck={false}
                  placeholder="https://github.com/you/app.git"
                  value={draft.gitUrl}
                  aria-invalid={Boolean(urlError)}
                  aria-describedby={describedBy(urlId)}
                  onChange={(event) =>
                    deployStore.change({ gitUrl: event.target.value, fieldError: null })
                  }
                />
              </Field>
              <Field label="Branch, tag or commit" optional htmlFor={refId} error={refError}>
                <TextInput
                  id={refId}
                  data-testid="deploy-git-ref"
                  autoComplete="off"
                  spellCheck={false}
                  placeholder="main"
                  value={draft.gitRef}
                  aria-invalid={Boolean(refError)}
                  aria-describedby={describedBy(refId)}
                  onChange={(event) =>
                    deployStore.change({ gitRef: event.target.value, fieldError: null })
                  }
                />
              </Field>
            </div>
          </>
        )}
      </div>
      <StepFooter note="Nothing leaves this browser before the rollout.">
        <Button
          type="submit"
          variant="primary"
          data-testid="deploy-next"
          disabled={!sourceOf(draft) || progress !== null}
        >
          Continue
        </Button>
      </StepFooter>
    </form>
  );
}
