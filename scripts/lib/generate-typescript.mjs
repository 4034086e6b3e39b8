// worker/src/generated/contract.ts: every type, the maps of commands and events, the error codes.
// The text is written the way Prettier would, so that no formatter is needed to check it.
const WIDTH = 100;

const HEADER = `// Generated from engine/api/contract.json by scripts/generate. Do not edit.
`;

const quote = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const keyOf = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name));

function docOf(text, indent) {
  return text ? `${indent}/** ${text.replaceAll('*/', '* /')} */\n` : '';
}

function typeOf(schema, indent) {
  if (schema.$ref !== undefined) return schema.$ref;
  switch (schema.type) {
    case 'string':
      return schema.enum === undefined ? 'string' : schema.enum.map(quote).join(' | ');
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'any':
      return 'unknown';
    case 'array': {
      const item = typeOf(schema.items, indent);
      return item.includes('|') ? `(${item})[]` : `${item}[]`;
    }
    case 'object':
      return objectOf(schema, indent);
    default:
      throw new Error(`no TypeScript for ${JSON.stringify(schema)}`);
  }
}

function objectOf(schema, indent) {
  if (schema.additionalProperties !== undefined) {
    return `Record<string, ${typeOf(schema.additionalProperties, indent)}>`;
  }
  const names = Object.keys(schema.properties ?? {});
  if (names.length === 0) return 'Record<string, never>';
  const inner = `${indent}  `;
  const lines = names.map((name) => {
    const property = schema.properties[name];
    const mark = schema.required?.includes(name) ? '' : '?';
    const start = `${inner}${keyOf(name)}${mark}:`;
    return docOf(property.doc, inner) + withType(start, property, inner);
  });
  return `{\n${lines.join('')}${indent}}`;
}

/** `start` and the type; a union that does not fit goes on lines of its own, as Prettier does. */
function withType(start, schema, indent) {
  const type = typeOf(schema, indent);
  const line = `${start} ${type};\n`;
  const isUnion = schema.$ref === undefined && schema.enum !== undefined;
  if (!isUnion || line.length - 1 <= WIDTH) return line;
  return `${start}\n${schema.enum.map((value) => `${indent}  | ${quote(value)}`).join('\n')};\n`;
}

function commandOf(name, command) {
  const progress = command.progress === undefined ? 'never' : typeOf(command.progress, '    ');
  return `${docOf(command.doc, '  ')}  ${quote(name)}: {
    req: ${typeOf(command.request, '    ')};
    res: ${typeOf(command.response, '    ')};
    progress: ${progress};
  };\n`;
}

export function typescriptOf(contract) {
  const types = Object.entries(contract.types).map(
    ([name, schema]) => `${docOf(schema.doc, '')}export type ${name} = ${typeOf(schema, '')};\n`,
  );
  const commands = Object.entries(contract.commands).map(([name, command]) =>
    commandOf(name, command),
  );
  const events = Object.entries(contract.events).map(
    ([name, event]) => `${docOf(event.doc, '  ')}  ${quote(name)}: ${typeOf(event.body, '  ')};\n`,
  );
  const streams = Object.entries(contract.commands)
    .filter(([, command]) => command.kind === 'stream')
    .map(([name]) => quote(name));
  const errors = Object.keys(contract.errors).map((code) => `\n  | ${quote(code)}`);
  return `${HEADER}
/** Both sides of the boundary must speak the same number. */
export const PROTOCOL = ${contract.protocol};

${types.join('\n')}
/** Every command and query: what is asked, what is answered, what is told on the way. */
export type Commands = {
${commands.join('')}};

/** Commands that only tell, for as long as somebody listens. */
export const STREAMS: readonly (keyof Commands)[] = [${streams.join(', ')}];

/** Every event and its body. */
export type Events = {
${events.join('')}};

/** Every code an error may have. */
export type ErrorCode =${errors.join('')};
`;
}
