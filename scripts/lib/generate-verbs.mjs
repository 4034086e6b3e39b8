// cli/generated/verbs.inc: the table the command line is driven by. cli/verbs.h holds its types.
import { cliFields } from './generate-model.mjs';

const KINDS = {
  text: 'kText',
  integer: 'kInteger',
  number: 'kNumber',
  boolean: 'kBoolean',
  list: 'kList',
  map: 'kMap',
  integers: 'kIntegers',
  source: 'kSource',
};

const quote = (text) => JSON.stringify(text);

/** app.deploy -> AppDeploy */
function pascal(name) {
  return name.replace(/(^|\.)([a-z])/g, (_, dot, letter) => letter.toUpperCase());
}

function fieldOf(field) {
  return `    {.name = ${quote(field.name)},
     .flag = ${quote(field.flag)},
     .shorthand = ${quote(field.short)},
     .kind = FieldKind::${KINDS[field.kind]},
     .positional = ${field.positional},
     .required = ${field.required},
     .minimum = ${field.minimum ?? 'kNoMinimum'},
     .maximum = ${field.maximum ?? 'kNoMaximum'},
     .choices = ${quote(field.choices.join('|'))},
     .doc = ${quote(field.doc)}},
`;
}

export function verbsOf(contract) {
  const commands = Object.entries(contract.commands).filter(([, { cli }]) => cli !== undefined);
  const arrays = commands
    .map(([name, command]) => [name, cliFields(contract, command)])
    .filter(([, fields]) => fields.length > 0)
    .map(
      ([name, fields]) =>
        `inline constexpr Field kFields${pascal(name)}[] = {\n${fields.map(fieldOf).join('')}};\n`,
    );
  const rows = commands.map(([name, command]) => {
    const hasFields = cliFields(contract, command).length > 0;
    return `    {.verb = ${quote(command.cli.verb)},
     .command = ${quote(name)},
     .doc = ${quote(command.doc)},
     .kind = CommandKind::k${pascal(command.kind)},
     .progress = ${command.progress !== undefined},
     .confirm = ${quote(command.cli.confirm ?? '')},
     .example = ${quote(command.cli.example ?? '')},
     .fields = ${hasFields ? `kFields${pascal(name)}` : 'std::span<const Field>{}'}},
`;
  });
  const exits = Object.entries(contract.errors).map(
    ([code, error]) =>
      `    {.code = ${quote(code)}, .exit = ${error.exit}, .doc = ${quote(error.doc)}},\n`,
  );
  return `// Generated from engine/api/contract.json by scripts/generate. Do not edit.
// clang-format off
${arrays.join('\n')}
inline constexpr Verb kVerbs[] = {
${rows.join('')}};

inline constexpr ErrorExit kErrorExits[] = {
${exits.join('')}};
// clang-format on
`;
}
