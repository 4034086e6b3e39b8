// What every writer asks of the contract: resolved references, sorted facts about fields, and the
// mistakes in the contract itself that must stop the generation.

/** Fails with every mistake at once, so that one run shows all of them. */
export function cleanContract(contract) {
  const mistakes = [];
  const checkRefs = (node, where) => {
    if (node === null || typeof node !== 'object') return;
    if (typeof node.$ref === 'string' && !(node.$ref in contract.types)) {
      mistakes.push(`${where}: no type ${node.$ref}`);
    }
    for (const [key, value] of Object.entries(node)) checkRefs(value, `${where}.${key}`);
  };
  checkRefs(contract.types, 'types');
  checkRefs(contract.commands, 'commands');
  checkRefs(contract.events, 'events');
  for (const [name, command] of Object.entries(contract.commands)) {
    if (!command.doc) mistakes.push(`commands.${name}: no doc`);
    const { properties } = resolve(contract, command.request);
    for (const arg of [...(command.cli?.args ?? []), ...Object.keys(command.cli?.flags ?? {})]) {
      if (!(arg in properties)) mistakes.push(`commands.${name}.cli: no request field ${arg}`);
    }
  }
  if (mistakes.length > 0) throw new Error(`engine/api/contract.json:\n  ${mistakes.join('\n  ')}`);
  return contract;
}

export function resolve(contract, schema) {
  return schema.$ref === undefined ? schema : contract.types[schema.$ref];
}

/** healthPath -> health-path */
export function kebab(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const isIntegers = (schema) =>
  Object.values(schema.properties ?? {}).every((property) => property.type === 'integer');

/** How a request field is given on the command line; null when it cannot be. */
export function fieldKind(contract, schema) {
  if (schema.$ref === 'Source') return 'source';
  const { type, items, additionalProperties, ...rest } = resolve(contract, schema);
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number' || type === 'boolean') return type;
  if (type === 'array') return items.type === 'string' ? 'list' : null;
  if (additionalProperties !== undefined) return 'map';
  return isIntegers(rest) ? 'integers' : null;
}

/** The fields of a command's request in the order the command line knows them: arguments first. */
export function cliFields(contract, command) {
  const request = resolve(contract, command.request);
  const args = command.cli.args;
  const flags = Object.keys(request.properties).filter((name) => !args.includes(name));
  return [...args, ...flags]
    .map((name) => {
      const schema = request.properties[name];
      const full = { ...resolve(contract, schema), ...schema };
      return {
        name,
        flag: command.cli.flags?.[name] ?? kebab(name),
        short: command.cli.short?.[name] ?? '',
        kind: fieldKind(contract, schema),
        positional: args.includes(name),
        required: request.required.includes(name),
        choices: full.enum ?? (isIntegers(full) ? Object.keys(full.properties ?? {}) : []),
        minimum: full.minimum,
        maximum: full.maximum,
        doc: full.doc ?? '',
      };
    })
    .filter((field) => field.kind !== null);
}
