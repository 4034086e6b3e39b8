import { RemoveAtProvider, type RemovalState } from './RemoveAtProvider';

type RemoveResourceProps = RemovalState & {
  account: string;
  kind: string;
  resource: { id: string; name: string };
};

/** A service, site, database or bucket. Nobody can bring it back, so its name is typed. */
export function RemoveResource({ kind, resource, ...rest }: RemoveResourceProps) {
  return (
    <RemoveAtProvider
      {...rest}
      operation={`${kind}.remove`}
      input={{ [kind]: resource.id }}
      title={`Remove the ${kind} ${resource.name}?`}
      description={`It is deleted at the provider with all that is in it, and nobody can bring it back. Its id there is ${resource.id}.`}
      confirmLabel={`Remove ${kind}`}
      typedName={resource.name}
      done={`The ${kind} ${resource.name} was removed.`}
      testId="remove-resource-dialog"
    />
  );
}
