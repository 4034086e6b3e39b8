import { Search } from 'lucide-react';
import type { ComponentProps } from 'react';
import { TextInput } from './TextInput';

/** A text field to search a list with; takes what TextInput takes. */
export function SearchInput(props: Omit<ComponentProps<typeof TextInput>, 'type' | 'className'>) {
  return (
    <>
      <Search
        className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted"
        aria-hidden
      />
      <TextInput {...props} type="search" className="pl-9" />
    </>
  );
}
