// Loads the engine in two parts. The first is all it takes to start; the second, the providers' adapters, comes in the
// background. A function of the second that is called before is fetched with it, at once: the engine never waits.
import createEngine, { type EngineModule, type EngineOptions } from './engine/engine.mjs';

/** The module that cmake/split_module.cmake cut off: what it needs of the first, and where its functions are put. */
type Exports = WebAssembly.Exports;

/** Where the two parts come from; another place in Node. */
export type EngineParts = {
  first(): Promise<WebAssembly.Module>;
  second(): Promise<WebAssembly.Module>;
  /** Blocks until it is there. */
  secondNow(): WebAssembly.Module;
};

export class SecondPart {
  private instance: WebAssembly.Instance | undefined;
  private first: Exports | undefined;

  constructor(private readonly parts: Pick<EngineParts, 'second' | 'secondNow'>) {}

  /** What stands for its functions in the first part: a name is the place in the table of functions. */
  readonly placeholders = new Proxy<Record<string, (...args: unknown[]) => unknown>>(
    {},
    {
      get:
        (_, place) =>
        (...args: unknown[]) => {
          this.join(this.instance === undefined ? this.parts.secondNow() : undefined);
          return this.functionAt(Number(place))(...args);
        },
    },
  );

  follow(first: Exports): void {
    this.first = first;
  }

  /** Fetches it while nobody waits. A network that is gone now is no fault: it is fetched when it is needed. */
  async fetch(): Promise<void> {
    if (this.instance === undefined) this.join(await this.parts.second());
  }

  private join(module: WebAssembly.Module | undefined): void {
    if (module === undefined || this.instance !== undefined || this.first === undefined) return;
    // Its functions take their places in the first part's table.
    this.instance = new WebAssembly.Instance(module, { primary: this.first });
  }

  private functionAt(place: number): (...args: unknown[]) => unknown {
    const table = Object.values(this.first ?? {}).find((one) => one instanceof WebAssembly.Table);
    return table?.get(place) as (...args: unknown[]) => unknown;
  }
}

const FIRST = new URL('./engine/engine.wasm', import.meta.url);
const SECOND = new URL('./engine/engine.second.wasm', import.meta.url);

const browserParts: EngineParts = {
  first: () => WebAssembly.compileStreaming(fetch(FIRST)),
  second: () => WebAssembly.compileStreaming(fetch(SECOND)),
  secondNow: () => {
    // A worker may wait; a promise would be too late, since the call into the engine is on the stack.
    const request = new XMLHttpRequest();
    request.open('GET', SECOND, false);
    request.responseType = 'arraybuffer';
    request.send();
    return new WebAssembly.Module(request.response as ArrayBuffer);
  },
};

export async function loadEngine(
  options: Omit<EngineOptions, 'instantiateWasm'>,
  parts: EngineParts = browserParts,
): Promise<{ module: EngineModule; second: SecondPart }> {
  const second = new SecondPart(parts);
  const first = await parts.first();
  const module = await createEngine({
    ...options,
    instantiateWasm: (imports, receive) => {
      const instance = new WebAssembly.Instance(first, {
        ...imports,
        placeholder: second.placeholders,
      });
      second.follow(instance.exports);
      receive(instance);
      return instance.exports;
    },
  });
  return { module, second };
}
