#!/usr/bin/env node
// Usage: node tests/contract/validate.mjs FOLDER [provider...]
//
// Reads the exchanges that the conformance test recorded (FOLDER/<provider>.jsonl) and holds every request an adapter
// sent and every answer its fake gave to the provider's official description. What no description has must be listed in
// the provider's undocumented.json, with the page that documents it. Without the descriptions it says what it skipped.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { DESCRIPTIONS } from './validate/descriptions.mjs';
import { GraphqlDescription } from './validate/graphql-description.mjs';
import { HttpDescription } from './validate/http-description.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const specs = process.env.A67_PROVIDER_SPECS ?? join(root, '../shared/provider-specs');
const [folder, ...only] = process.argv.slice(2);
if (folder === undefined) {
  console.error('validate: name the folder of the exchanges.');
  process.exit(2);
}

const read = (file) => {
  const text = readFileSync(join(specs, file), 'utf8');
  return /\.ya?ml$/.test(file) ? parseYaml(text, { maxAliasCount: -1 }) : JSON.parse(text);
};

// "/api/v1/x?y" of a fake: the host's key, then the account's own host name where it has one, then the path.
function placeOf(path) {
  const url = new URL(path, 'http://fake.invalid');
  const [, host, ...rest] = url.pathname.split('/');
  if (rest[0]?.includes('.') && !rest[0].includes(' ')) {
    const own = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(rest[0]) ? rest.shift() : undefined;
    return { host, own, path: `/${rest.join('/')}`, query: url.searchParams };
  }
  return { host, path: `/${rest.join('/')}`, query: url.searchParams };
}

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

function answerSchema(operation, status) {
  const { answers } = operation;
  for (const key of [
    String(status),
    `${String(status)[0]}XX`,
    status < 400 ? '2XX' : 'default',
    'default',
  ]) {
    if (answers[key] !== undefined) return answers[key];
  }
  return undefined;
}

// `listed`: whether a query parameter, or a status ("#201"), that the description lacks is listed with its source.
function checkHttp(description, operation, exchange, query, listed) {
  const faults = [];
  const body = parsed(exchange.body);
  if (
    exchange.body !== '' &&
    operation.request !== null &&
    body !== undefined &&
    exchange.status < 400
  ) {
    const fault = description.fault(operation.request, body, true);
    if (fault) faults.push(`request: ${fault}`);
  }
  if (operation.query !== null) {
    for (const name of query.keys()) {
      const known = operation.query.some((one) => one.name === name || one.name === `${name}[]`);
      if (!known && !listed(name)) faults.push(`unknown query parameter ${name}`);
    }
    for (const one of operation.query) {
      if (one.required && !query.has(one.name))
        faults.push(`query parameter ${one.name} is missing`);
    }
  }
  const schema = answerSchema(operation, exchange.status);
  // Some descriptions know an operation's refusals only: a download whose answer is no JSON.
  const tellsSuccess = Object.keys(operation.answers).some((key) => /^(2|3|default)/.test(key));
  if (
    schema === undefined &&
    exchange.status < 400 &&
    tellsSuccess &&
    !listed(`#${exchange.status}`)
  )
    faults.push(`status ${exchange.status} is not described`);
  const answer = parsed(exchange.answer);
  if (schema && exchange.status < 300 && answer !== undefined) {
    const fault = description.fault(schema, answer);
    if (fault) faults.push(`answer ${exchange.status}: ${fault}`);
  }
  return faults;
}

class Report {
  constructor(provider) {
    this.provider = provider;
    this.validated = new Map();
    this.listed = new Map();
    this.faults = new Map();
  }
  fault(where, what) {
    this.faults.set(`${where}: ${what}`, (this.faults.get(`${where}: ${what}`) ?? 0) + 1);
  }
}

function listedSource(undocumented, method, path) {
  return Object.entries(undocumented).find(([key]) => {
    const [verb, pattern] = key.split(' ');
    return (
      verb === method &&
      new RegExp(
        `^${pattern
          .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
          .replace(/\{rest\}/g, '.+')
          .replace(/\{[^}]*\}/g, '[^/]+')}$`,
      ).test(path)
    );
  });
}

function check(provider, exchanges, descriptions, undocumented) {
  const report = new Report(provider);
  for (const exchange of exchanges) {
    const { host, path, query } = placeOf(exchange.path);
    if (exchange.planted) continue;
    const mine = descriptions.filter((one) => one.host === host);
    const graphql = mine.find(
      (one) => one.kind === 'graphql' && exchange.method === 'POST' && parsed(exchange.body)?.query,
    );
    if (graphql) {
      const { fields, faults } = graphql.description.check(exchange);
      for (const field of fields)
        report.validated.set(field, (report.validated.get(field) ?? 0) + 1);
      for (const fault of faults) report.fault(fields.join(), fault);
      continue;
    }
    const found = mine
      .filter((one) => one.kind !== 'graphql')
      .map((one) => ({ ...one, operation: one.description.find(exchange.method, path) }))
      .find((one) => one.operation !== undefined);
    if (found !== undefined) {
      const name = `${exchange.method} ${found.operation.path}`;
      report.validated.set(name, (report.validated.get(name) ?? 0) + 1);
      const listed = (parameter) => {
        const source = listedSource(
          undocumented,
          exchange.method,
          `/${host}${path.replace(/\/$/, '')}?${parameter}`,
        );
        if (source !== undefined) report.listed.set(source[0], source[1]);
        return source !== undefined;
      };
      for (const fault of checkHttp(found.description, found.operation, exchange, query, listed))
        report.fault(name, fault);
      continue;
    }
    const listed = listedSource(undocumented, exchange.method, `/${host}${path}`);
    if (listed === undefined)
      report.fault(
        `${exchange.method} /${host}${path}`,
        'is in no description and not listed in undocumented.json',
      );
    else report.listed.set(listed[0], listed[1]);
  }
  return report;
}

function main() {
  const providers = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.replace('.jsonl', ''))
    .filter((id) => only.length === 0 || only.includes(id))
    .sort();
  const there = existsSync(specs);
  const summary = {};
  let failed = 0;
  let skipped = 0;
  for (const provider of providers) {
    const exchanges = readFileSync(join(folder, `${provider}.jsonl`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    if (!there) {
      skipped += exchanges.length;
      continue;
    }
    const listFile = join(root, 'engine/providers', provider, 'undocumented.json');
    const undocumented = existsSync(listFile) ? JSON.parse(readFileSync(listFile, 'utf8')) : {};
    const descriptions = (DESCRIPTIONS[provider] ?? []).map((one) => {
      const doc = read(one.file);
      return {
        ...one,
        description:
          one.kind === 'graphql' ? new GraphqlDescription(doc) : new HttpDescription(doc, one),
      };
    });
    const report = check(provider, exchanges, descriptions, undocumented);
    failed += report.faults.size;
    console.log(
      `${provider}: ${exchanges.length} exchanges, ${report.validated.size} operations validated, ${report.listed.size} listed with their source, ${report.faults.size} faults`,
    );
    for (const [fault, count] of report.faults)
      console.log(`  ${fault}${count > 1 ? ` (${count} times)` : ''}`);
    summary[provider] = {
      validated: report.validated.size,
      listed: Object.fromEntries(report.listed),
      faults: report.faults.size,
    };
  }
  writeFileSync(join(folder, 'validation.json'), JSON.stringify(there ? summary : null, null, 2));
  if (!there)
    console.log(
      `skipped: ${skipped} exchanges, because the providers' descriptions are not at ${specs}`,
    );
  process.exit(failed === 0 ? 0 : 1);
}

main();
