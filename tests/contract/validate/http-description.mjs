// OpenAPI 3, Swagger 2, Heroku's hyper-schema and Google's discovery documents as one thing: a list of operations with
// a method, a path pattern and the schemas of request and answers. The schemas are checked by ajv.
import Ajv2019 from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';

const ROOT = 'https://description.invalid/';
const pointer = (...parts) =>
  parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

// Draft 4's boolean bounds and OpenAPI's odd types, as ajv knows them.
function modernised(node) {
  if (Array.isArray(node)) return node.map(modernised);
  if (node === null || typeof node !== 'object') return node;
  const out = {};
  for (const [key, value] of Object.entries(node)) out[key] = modernised(value);
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ]) {
    if (typeof out[flag] !== 'boolean') continue;
    if (out[flag] && typeof out[bound] === 'number') {
      out[flag] = out[bound];
      Reflect.deleteProperty(out, bound);
    } else Reflect.deleteProperty(out, flag);
  }
  if (out.nullable === true && typeof out.$ref === 'string') {
    return { anyOf: [{ $ref: out.$ref }, { type: 'null' }] };
  }
  if (out.nullable === true && out.type === undefined) delete out.nullable;
  if (out.nullable === true && Array.isArray(out.enum) && !out.enum.includes(null))
    out.enum.push(null);
  // Descriptions say "one of" and mean "any of": theirs overlap.
  if (Array.isArray(out.oneOf) && out.anyOf === undefined) {
    out.anyOf = out.oneOf;
    delete out.oneOf;
    delete out.discriminator;
  }
  if (out.type === 'any' || out.type === 'file') delete out.type;
  if (typeof out.id === 'string' && typeof out.type === 'string') delete out.id; // discovery's names
  if (typeof out.$ref === 'string' && /^[A-Za-z][\w.]*$/.test(out.$ref))
    out.$ref = `#/schemas/${out.$ref}`;
  if (Array.isArray(out.required) === false && typeof out.required === 'boolean')
    delete out.required;
  return out;
}

function patternOf(path) {
  const parts = path.replace(/\/$/, '').split(/(\{[^}]*\})/);
  const text = parts
    .map((part) => {
      if (part.startsWith('{+') || part === '{*}') return '(.+)';
      if (part.startsWith('{')) return '([^/]+)';
      return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${text}/?$`);
}

const jsonContent = (content) =>
  Object.keys(content ?? {}).find((type) => /json/.test(type)) ?? null;

function openapiOperations(doc, base) {
  const prefix = base ?? new URL(doc.servers?.[0]?.url ?? '/', ROOT).pathname.replace(/\/$/, '');
  const operations = [];
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (typeof operation !== 'object' || Array.isArray(operation)) continue;
      const at = ['paths', path, method];
      const body = jsonContent(operation.requestBody?.content);
      const answers = {};
      for (const [status, answer] of Object.entries(operation.responses ?? {})) {
        const where = answer.$ref
          ? answer.$ref.slice(2).split('/').map(unescapePart)
          : [...at, 'responses', status];
        const resolved = answer.$ref ? follow(doc, where) : answer;
        const type = jsonContent(resolved?.content);
        answers[status] = type === null ? null : pointer(...where, 'content', type, 'schema');
      }
      operations.push({
        method: method.toUpperCase(),
        path: prefix + path,
        pattern: patternOf(prefix + path),
        request: body === null ? null : pointer(...at, 'requestBody', 'content', body, 'schema'),
        hasBody: operation.requestBody !== undefined,
        answers,
        query: parametersOf(doc, [...(item.parameters ?? []), ...(operation.parameters ?? [])]),
      });
    }
  }
  return operations;
}

const unescapePart = (part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
const follow = (doc, parts) => parts.reduce((node, part) => node?.[part], doc);

function parametersOf(doc, list) {
  return list
    .map((one) => (one.$ref ? follow(doc, one.$ref.slice(2).split('/').map(unescapePart)) : one))
    .filter((one) => one?.in === 'query')
    .map((one) => ({ name: one.name, required: one.required === true }));
}

function swaggerOperations(doc, base) {
  const prefix = base ?? (doc.basePath ?? '').replace(/\/$/, '');
  const operations = [];
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (typeof operation !== 'object' || Array.isArray(operation)) continue;
      const at = ['paths', path, method];
      const parameters = operation.parameters ?? [];
      const body = parameters.findIndex((one) => one.in === 'body');
      const answers = {};
      for (const [status, answer] of Object.entries(operation.responses ?? {})) {
        const where = answer.$ref
          ? answer.$ref.slice(2).split('/').map(unescapePart)
          : [...at, 'responses', status];
        const resolved = answer.$ref ? follow(doc, where) : answer;
        answers[status] = resolved?.schema ? pointer(...where, 'schema') : null;
      }
      operations.push({
        method: method.toUpperCase(),
        path: prefix + path,
        pattern: patternOf(prefix + path),
        request: body < 0 ? null : pointer(...at, 'parameters', body, 'schema'),
        hasBody: body >= 0,
        answers,
        query: parametersOf(doc, [...(item.parameters ?? []), ...parameters]),
      });
    }
  }
  return operations;
}

function hyperOperations(doc) {
  const operations = [];
  for (const [name, definition] of Object.entries(doc.definitions)) {
    (definition.links ?? []).forEach((link, index) => {
      const path = link.href.replace(/\{\([^)]*\)\}/g, '{id}');
      const at = ['definitions', name, 'links', index];
      operations.push({
        method: link.method,
        path,
        pattern: patternOf(path),
        request: link.schema ? pointer(...at, 'schema') : null,
        hasBody: link.schema !== undefined,
        answers: {
          '2XX': link.targetSchema
            ? pointer(...at, 'targetSchema')
            : link.rel === 'instances'
              ? { list: pointer('definitions', name) }
              : pointer('definitions', name),
        },
        query: null,
      });
    });
  }
  return operations;
}

function discoveryOperations(doc) {
  const operations = [];
  const prefix = `/${doc.servicePath ?? ''}`.replace(/\/$/, '');
  const add = (method, path) => {
    const parameters = Object.entries(method.parameters ?? {}).filter(
      ([, one]) => one.location === 'query',
    );
    operations.push({
      method: method.httpMethod,
      path,
      pattern: patternOf(path),
      request: method.request ? `/schemas/${method.request.$ref}` : null,
      hasBody: method.request !== undefined,
      answers: { '2XX': method.response ? `/schemas/${method.response.$ref}` : null },
      query: [
        ...parameters.map(([name, one]) => ({ name, required: one.required === true })),
        ...Object.keys(doc.parameters ?? {}).map((name) => ({ name })), // alt, uploadType ...
      ],
    });
  };
  const walk = (resources) => {
    for (const resource of Object.values(resources ?? {})) {
      for (const method of Object.values(resource.methods ?? {})) {
        add(method, `${prefix}/${method.flatPath ?? method.path}`);
        const upload = method.mediaUpload?.protocols?.simple?.path;
        if (upload) add({ ...method, request: undefined }, upload);
      }
      walk(resource.resources);
    }
  };
  walk(doc.resources);
  return operations;
}

const READERS = {
  openapi: openapiOperations,
  swagger: swaggerOperations,
  hyper: hyperOperations,
  discovery: discoveryOperations,
};

function anyRegExp(pattern, flags) {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return new RegExp(pattern);
  }
}
anyRegExp.code = 'new RegExp';

export class HttpDescription {
  #ajv = addFormats(
    new Ajv2019({
      strict: false,
      allErrors: false,
      validateFormats: true,
      logger: false,
      // Some descriptions need Unicode patterns (\p{L}), some are none.
      code: { regExp: anyRegExp },
    }),
    ['date-time', 'uuid', 'date'],
  );
  #compiled = new Map();

  constructor(doc, { kind, base }) {
    this.operations = READERS[kind](doc, base);
    const clean = modernised(doc);
    delete clean.$id;
    delete clean.id;
    delete clean.$schema;
    this.#ajv.addSchema(clean, ROOT);
  }

  /** The most literal operation that fits; undefined when the description has none. */
  find(method, path) {
    return this.operations
      .filter((one) => one.method === method && one.pattern.test(path))
      .sort(
        (a, b) =>
          (a.path.match(/\{/g)?.length ?? 0) - (b.path.match(/\{/g)?.length ?? 0) ||
          b.path.split('/').length - a.path.split('/').length,
      )[0];
  }

  /** What is wrong with a value; an empty text when nothing is. `closed`: no field nobody described. */
  fault(at, value, closed = false) {
    const key = `${JSON.stringify(at)}${closed}`;
    if (!this.#compiled.has(key)) {
      const ref = { $ref: `${ROOT}#${encodeURI(at.list ?? at)}` };
      const schema = at.list
        ? { type: 'array', items: ref }
        : closed
          ? { allOf: [ref], unevaluatedProperties: false }
          : ref;
      this.#compiled.set(key, this.#ajv.compile(schema));
    }
    const check = this.#compiled.get(key);
    return check(value) ? '' : this.#ajv.errorsText(check.errors, { dataVar: '' });
  }
}
