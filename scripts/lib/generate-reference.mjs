// docs/reference.md: every command, event, type and error of the contract, and how the command line
// spells them, a table each.
import { cliFields, resolve } from './generate-model.mjs';

const cell = (text) =>
  String(text ?? '')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');

function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

const link = (name) => `[${name}](#${name.toLowerCase()})`;

function typeOf(schema) {
  if (schema.$ref !== undefined) return link(schema.$ref);
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(' ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  if (schema.additionalProperties !== undefined) {
    return `map of ${typeOf(schema.additionalProperties)}`;
  }
  return schema.type;
}

function limitsOf(schema) {
  const limits = [];
  if (schema.minimum !== undefined || schema.maximum !== undefined) {
    limits.push(`${schema.minimum ?? ''}..${schema.maximum ?? ''}`);
  }
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    limits.push(`${schema.minLength ?? 0}..${schema.maxLength ?? ''} characters`);
  }
  if (schema.maxItems !== undefined) limits.push(`at most ${schema.maxItems}`);
  if (schema.maxProperties !== undefined) limits.push(`at most ${schema.maxProperties}`);
  if (schema.format !== undefined) limits.push(`\`${schema.format}\``);
  return limits.join(', ');
}

function fieldsTable(schema) {
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => [
    `\`${name}\``,
    typeOf(property),
    schema.required?.includes(name) ? 'yes' : '',
    limitsOf(property),
    property.doc,
  ]);
  if (rows.length === 0) return 'No fields.';
  return table(['field', 'type', 'required', 'limits', 'meaning'], rows);
}

function bodyOf(title, schema) {
  if (schema.$ref !== undefined) return `${title}: ${link(schema.$ref)}`;
  if (Object.keys(schema.properties ?? {}).length === 0) return `${title}: no fields.`;
  return `${title}:\n\n${fieldsTable(schema)}`;
}

function usageOf(contract, command) {
  const fields = cliFields(contract, command);
  const args = fields
    .filter((field) => field.positional)
    .map((field) => (field.required ? `<${field.name}>` : `[${field.name}]`));
  const flags = fields.some((field) => !field.positional) ? ' [options]' : '';
  return `automator67 ${[command.cli.verb, ...args].join(' ')}${flags}`;
}

function flagsTable(contract, command) {
  const kinds = {
    boolean: '',
    integers: 'NAME=N,...',
    map: 'KEY=VALUE',
    integer: 'N',
    number: 'N',
  };
  const rows = cliFields(contract, command)
    .filter((field) => !field.positional)
    .map((field) => [
      `${field.short ? `\`-${field.short}\`, ` : ''}\`--${field.flag}\``,
      kinds[field.kind] ?? 'TEXT',
      field.choices.map((choice) => `\`${choice}\``).join(' '),
      field.doc,
    ]);
  return rows.length === 0 ? [] : [table(['option', 'value', 'choices', 'meaning'], rows)];
}

function commandOf(contract, [name, command]) {
  const cli = command.cli
    ? [`\`\`\`\n${usageOf(contract, command)}\n\`\`\``, ...flagsTable(contract, command)]
    : [];
  const progress = command.progress ? [bodyOf('Progress', command.progress)] : [];
  return [
    `### ${name}`,
    `${command.doc} (${command.kind})`,
    ...cli,
    bodyOf('Request', command.request),
    ...progress,
    bodyOf('Answer', command.response),
  ].join('\n\n');
}

function overviewOf(contract) {
  const rows = Object.entries(contract.commands).map(([name, command]) => [
    `[${name}](#${name.replaceAll('.', '')})`,
    command.kind,
    command.cli ? `\`${usageOf(contract, command)}\`` : '',
    command.doc,
  ]);
  return table(['command', 'kind', 'command line', 'what it does'], rows);
}

export function referenceOf(contract) {
  const commands = Object.entries(contract.commands).map((entry) => commandOf(contract, entry));
  const events = Object.entries(contract.events).map(
    ([name, event]) => `### ${name}\n\n${event.doc}\n\n${bodyOf('Body', event.body)}`,
  );
  const errors = Object.entries(contract.errors).map(([code, error]) => [
    `\`${code}\``,
    error.exit,
    error.retryable ? 'yes' : '',
    error.doc,
  ]);
  const types = Object.entries(contract.types).map(([name, schema]) =>
    [
      `### ${name}`,
      ...(schema.doc ? [schema.doc] : []),
      fieldsTable(resolve(contract, schema)),
    ].join('\n\n'),
  );
  return `<!-- Generated from engine/api/contract.json by scripts/generate. Do not edit. -->

# Reference

Every command, event, error and type of the engine (protocol ${contract.protocol}). The page, the command line and the
tests speak nothing else.

## Overview

${overviewOf(contract)}

## Errors

The command line's exit code of each; 0 is success. "Safe to repeat" means that doing the same again may help and can do no
harm.

${table(['code', 'exit code', 'safe to repeat', 'meaning'], errors)}

## Commands

${commands.join('\n\n')}

## Events

${events.join('\n\n')}

## Types

${types.join('\n\n')}
`;
}
