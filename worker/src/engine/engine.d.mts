// What worker/bridge.cpp exports. engine.mjs, engine.wasm and engine.second.wasm are put beside this file by the
// WebAssembly build (cmake --build --preset wasm-release --target engine); load-engine.ts puts them together.
export type WasmEngine = {
  push(message: string): void;
  drain(nowMs: number): string;
  /** Infinity when nothing waits for time. */
  nextWakeMs(): number;
  delete(): void;
};
export type EngineModule = {
  Engine: new () => WasmEngine;
  /** All its memory; another view once that has grown. */
  HEAPU8: Uint8Array;
};
export type EngineOptions = {
  onAbort?: (reason: unknown) => void;
  print?: (text: string) => void;
  printErr?: (text: string) => void;
  instantiateWasm: (
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance) => void,
  ) => WebAssembly.Exports;
};
export default function createEngine(options: EngineOptions): Promise<EngineModule>;
