import type { ErrorView } from '@automator67/worker';
import { ClipboardPaste, Eye, EyeOff, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from './Button';
import { Notice } from './Notice';
import { TextArea, TextInput } from './TextInput';
import { parseEnv } from './parse-env';
import { envNameProblem } from '../engine/validate';

export type EnvRow = { id: number; name: string; value: string };

type EnvEditorProps = {
  rows: readonly EnvRow[];
  /** Names the app has already; their values never leave the engine. */
  known: readonly string[];
  /** What becomes of the known ones when rows are set. */
  knownHint: string;
  error: ErrorView | null;
  onChange: (rows: readonly EnvRow[]) => void;
};

let nextRowId = 1;

export function EnvEditor({ rows, known, knownHint, error, onChange }: EnvEditorProps) {
  const [shown, setShown] = useState(false);
  const [pasting, setPasting] = useState(false);
  const badName = error?.field?.split('.')[1] ?? null;

  function add(pairs: readonly { name: string; value: string }[]): void {
    const names = new Set(pairs.map((pair) => pair.name));
    const kept = rows.filter((row) => row.name !== '' && !names.has(row.name));
    onChange([...kept, ...pairs.map((pair) => ({ ...pair, id: nextRowId++ }))]);
  }

  function edit(id: number, part: Partial<EnvRow>): void {
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  }

  return (
    <fieldset>
      <legend className="mb-1.5 text-[13px] font-medium text-ink">
        Environment <span className="ml-1 font-normal text-faint">optional</span>
      </legend>
      {known.length > 0 && (
        <p className="mb-2 text-[13px] text-muted">
          The app has: <span className="font-mono text-xs text-ink">{known.join(', ')}</span>.{' '}
          {knownHint}
        </p>
      )}
      {rows.length > 0 && (
        <ul className="mb-3 space-y-2">
          {rows.map((row, index) => (
            <EnvRowEditor
              key={row.id}
              row={row}
              number={index + 1}
              shown={shown}
              engineProblem={
                badName === row.name && row.name !== '' ? (error?.message ?? null) : null
              }
              onEdit={(part) => edit(row.id, part)}
              onRemove={() => onChange(rows.filter((one) => one.id !== row.id))}
            />
          ))}
        </ul>
      )}
      {error && !rows.some((row) => row.name === badName) && (
        <p role="alert" data-testid="error-message" className="mb-2 text-[13px] text-bad">
          {error.message}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          data-testid="env-add"
          onClick={() => onChange([...rows, { id: nextRowId++, name: '', value: '' }])}
        >
          <Plus aria-hidden />
          Add variable
        </Button>
        <Button
          size="sm"
          data-testid="env-paste"
          onClick={() => setPasting(!pasting)}
          aria-expanded={pasting}
        >
          <ClipboardPaste aria-hidden />
          Paste a .env
        </Button>
        {rows.length > 0 && (
          <Button size="sm" variant="ghost" aria-pressed={shown} onClick={() => setShown(!shown)}>
            {shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
            {shown ? 'Hide values' : 'Show values'}
          </Button>
        )}
      </div>
      {pasting && (
        <PasteBox
          onAdd={(pairs) => {
            add(pairs);
            setPasting(false);
          }}
        />
      )}
    </fieldset>
  );
}

type EnvRowEditorProps = {
  row: EnvRow;
  number: number;
  shown: boolean;
  engineProblem: string | null;
  onEdit: (part: Partial<EnvRow>) => void;
  onRemove: () => void;
};

function EnvRowEditor({ row, number, shown, engineProblem, onEdit, onRemove }: EnvRowEditorProps) {
  const own =
    row.name === '' ? (row.value === '' ? null : 'Give it a name.') : envNameProblem(row.name);
  const problem = own ?? engineProblem;
  return (
    <li>
      <div className="flex gap-2">
        <TextInput
          aria-label={`Name of variable ${number}`}
          data-testid="env-name"
          placeholder="NAME"
          className="max-w-[42%] font-mono"
          autoComplete="off"
          spellCheck={false}
          value={row.name}
          aria-invalid={problem !== null}
          onChange={(event) => onEdit({ name: event.target.value.trim() })}
        />
        <TextInput
          aria-label={`Value of ${row.name || `variable ${number}`}`}
          data-testid="env-value"
          type={shown ? 'text' : 'password'}
          placeholder="value"
          className="min-w-0 flex-1 font-mono"
          autoComplete="new-password"
          spellCheck={false}
          value={row.value}
          onChange={(event) => onEdit({ value: event.target.value })}
        />
        <Button
          variant="ghost"
          size="icon"
          aria-label={`Remove ${row.name || `variable ${number}`}`}
          onClick={onRemove}
        >
          <X aria-hidden />
        </Button>
      </div>
      {problem && (
        <p role="alert" className="mt-1 text-[13px] text-bad">
          {problem}
        </p>
      )}
    </li>
  );
}

type PasteBoxProps = { onAdd: (pairs: readonly { name: string; value: string }[]) => void };

function PasteBox({ onAdd }: PasteBoxProps) {
  const [text, setText] = useState('');
  const parsed = parseEnv(text);
  return (
    <div className="mt-3 space-y-2 rounded-xl border border-line bg-canvas p-3 dark:bg-sunken">
      <TextArea
        aria-label="Contents of a .env file"
        data-testid="env-paste-text"
        placeholder={'DATABASE_URL=postgres://…\nLOG_LEVEL=info'}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {parsed.problems.length > 0 && (
        <Notice tone="warn">
          {parsed.problems.slice(0, 5).map((problem) => (
            <p key={problem}>{problem}</p>
          ))}
        </Notice>
      )}
      <Button
        size="sm"
        data-testid="env-paste-add"
        disabled={parsed.pairs.length === 0}
        onClick={() => onAdd(parsed.pairs)}
      >
        Add {parsed.pairs.length === 1 ? '1 variable' : `${parsed.pairs.length} variables`}
      </Button>
    </div>
  );
}
