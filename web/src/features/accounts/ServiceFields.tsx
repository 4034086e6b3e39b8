import { useId } from 'react';
import { describedBy, Field } from '../../ui/Field';
import { Select, TextInput } from '../../ui/TextInput';
import type { ServiceDraft } from './new-resource';

type ServiceFieldsProps = {
  capabilities: readonly string[];
  draft: ServiceDraft;
  onChange: (part: Partial<ServiceDraft>) => void;
};

/** What a service runs and where. Only ways the provider's adapter can go are offered. */
export function ServiceFields({ capabilities, draft, onChange }: ServiceFieldsProps) {
  const id = useId();
  const images = capabilities.includes('compute.image');
  const git = capabilities.includes('compute.git');
  const source = images && git ? draft.source : images ? 'image' : 'git';
  const byImage = draft.what === 'node' || source === 'image';

  return (
    <>
      {images && (
        <Field label="What it runs" htmlFor={`${id}-what`}>
          <Select
            id={`${id}-what`}
            value={draft.what}
            data-testid="new-service-what"
            onChange={(event) =>
              onChange({ what: event.target.value as ServiceDraft['what'], source })
            }
          >
            <option value="app">An app, as the provider’s own service</option>
            <option value="node">A node of Automator67, which then runs apps</option>
          </Select>
        </Field>
      )}
      {images && git && draft.what === 'app' && (
        <Field label="From" htmlFor={`${id}-source`}>
          <Select
            id={`${id}-source`}
            value={draft.source}
            data-testid="new-service-source"
            onChange={(event) => onChange({ source: event.target.value as ServiceDraft['source'] })}
          >
            <option value="image">An image</option>
            <option value="git">A Git repository</option>
          </Select>
        </Field>
      )}
      {byImage ? (
        <Text
          label={draft.what === 'node' ? 'Image of the node wrapper' : 'Image'}
          hint={
            draft.what === 'node'
              ? 'Built by node-wrapper/Dockerfile and pushed to a registry of yours. The node is claimed by itself.'
              : 'For example docker.io/library/nginx:1.27'
          }
          name="image"
          {...{ draft, onChange }}
        />
      ) : (
        <>
          <Text label="Repository" hint="Its https address." name="repo" {...{ draft, onChange }} />
          <Text label="Branch" optional name="branch" {...{ draft, onChange }} />
          <Text
            label="Folder"
            hint="Of the repository, when the app is not at its top."
            optional
            name="root"
            {...{ draft, onChange }}
          />
          <Text
            label="Runtime"
            hint="Such as node, python, docker."
            optional
            name="runtime"
            {...{ draft, onChange }}
          />
          <Text label="Build command" optional name="build" {...{ draft, onChange }} />
          <Text label="Start command" optional name="start" {...{ draft, onChange }} />
        </>
      )}
      {draft.what === 'app' && <Text label="Port" optional name="port" {...{ draft, onChange }} />}
      <Text label="Region" optional name="region" {...{ draft, onChange }} />
      <Text
        label="Plan"
        hint="Empty: the free one, where there is one."
        optional
        name="plan"
        {...{ draft, onChange }}
      />
    </>
  );
}

type TextProps = Pick<ServiceFieldsProps, 'draft' | 'onChange'> & {
  label: string;
  hint?: string;
  optional?: boolean;
  name: Exclude<keyof ServiceDraft, 'what' | 'source'>;
};

function Text({ label, hint, optional, name, draft, onChange }: TextProps) {
  const id = useId();
  return (
    <Field label={label} htmlFor={id} hint={hint} optional={optional}>
      <TextInput
        id={id}
        value={draft[name]}
        autoComplete="off"
        spellCheck={false}
        inputMode={name === 'port' ? 'numeric' : undefined}
        data-testid={`new-service-${name}`}
        aria-describedby={describedBy(id)}
        onChange={(event) => onChange({ [name]: event.target.value })}
      />
    </Field>
  );
}
