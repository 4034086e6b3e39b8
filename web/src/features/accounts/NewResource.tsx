// Makes something at a provider: a service (an app, or a node of Automator67), a site from a folder, a database, a bucket.
import type { AccountView } from '@automator67/worker';
import { useId, useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { STEP_WORDS, useMakeNode } from '../../engine/use-make-node';
import { describedBy, Field } from '../../ui/Field';
import { DialogForm, FormDialog } from '../../ui/FormDialog';
import { TextInput } from '../../ui/TextInput';
import { showToast } from '../../ui/toast-store';
import { leftBehind } from './account-facts';
import { AccountError } from './LeftBehind';
import {
  EMPTY_SERVICE,
  isServiceComplete,
  nodeInput,
  serviceInput,
  type SiteFile,
} from './new-resource';
import { ServiceFields } from './ServiceFields';
import { SiteFolder } from './SiteFolder';
import type { Kind } from './outputs';

const NAME_CHARACTERS_MAX = 63;

type NewResourceProps = {
  account: AccountView;
  kind: Kind;
  one: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onMade: () => void;
};

const bringIntoView = (element: HTMLElement | null) =>
  element?.scrollIntoView({ block: 'nearest' });

export function NewResource({ one, open, onOpenChange, ...form }: NewResourceProps) {
  return (
    <FormDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`New ${one} at ${form.account.providerName}`}
      description="It is made at the provider and may count against what is free there."
      testId="new-resource-dialog"
    >
      {(close) => <Form {...form} one={one} onDone={close} />}
    </FormDialog>
  );
}

type FormProps = Pick<NewResourceProps, 'account' | 'kind' | 'one' | 'onMade'> & {
  onDone: () => void;
};

function Form({ account, kind, one, onMade, onDone }: FormProps) {
  const id = useId();
  const run = useCommand('account.run');
  const node = useMakeNode();
  const [name, setName] = useState('');
  const [service, setService] = useState(EMPTY_SERVICE);
  const [files, setFiles] = useState<readonly SiteFile[]>([]);
  const complete =
    name.trim() !== '' &&
    (kind !== 'service' || isServiceComplete(service)) &&
    (kind !== 'site' || files.length > 0);

  async function publish(made: unknown): Promise<boolean> {
    const site = (made as { site?: { id?: string } }).site?.id;
    const answer = await run.run({
      account: account.id,
      operation: 'site.deploy',
      input: { site, files },
    });
    return answer !== null && answer !== undefined;
  }

  async function makeNode(): Promise<void> {
    const made = await node.make({ account: account.id, ...nodeInput(name.trim(), service) });
    onMade();
    if (!made) return;
    onDone();
    showToast({ title: `The node ${made.name} was made and claimed.` });
  }

  async function make(): Promise<void> {
    if (kind === 'service' && service.what === 'node') return makeNode();
    const input = kind === 'service' ? serviceInput(name.trim(), service) : { name: name.trim() };
    const answer = await run.run({ account: account.id, operation: `${kind}.create`, input });
    if (!answer) return;
    onMade();
    if (kind === 'site' && !(await publish(answer.output))) return;
    onDone();
    showToast({ title: `The ${one} ${name.trim()} was made.` });
  }

  const failure = run.error ?? node.error;
  const leftSomething = failure !== null && leftBehind(failure).length > 0;
  const form = (
    <DialogForm
      submitLabel={kind === 'site' ? 'Make and publish' : 'Make it'}
      submitTestId="new-resource-make"
      busy={run.busy || node.step !== null}
      disabled={!complete}
      error={leftSomething ? null : failure}
      progress={
        node.step !== null && (
          <p role="status" data-testid="making-step" className="text-sm text-muted">
            {STEP_WORDS[node.step]} It goes on when this is closed; Cancel removes what was made.
          </p>
        )
      }
      onSubmit={() => void make()}
      onCancel={node.step === null ? onDone : node.stop}
    >
      <Field
        label="Name"
        htmlFor={`${id}-name`}
        hint="Letters, digits and hyphens; nobody else at the provider may have it."
      >
        <TextInput
          id={`${id}-name`}
          value={name}
          maxLength={NAME_CHARACTERS_MAX}
          autoComplete="off"
          data-testid="new-resource-name"
          aria-describedby={describedBy(`${id}-name`)}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      {kind === 'service' && (
        <ServiceFields
          capabilities={account.capabilities}
          draft={service}
          onChange={(part) => setService({ ...service, ...part })}
        />
      )}
      {kind === 'site' && <SiteFolder files={files} onFiles={setFiles} />}
    </DialogForm>
  );
  return (
    <div className="space-y-4">
      {form}
      {/* Beside the form, for what removes it asks in a form of its own. */}
      {leftSomething && (
        <div ref={bringIntoView}>
          <AccountError
            account={account.id}
            operations={account.operations}
            error={failure}
            onCleaned={onMade}
          />
        </div>
      )}
    </div>
  );
}
