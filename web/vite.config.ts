import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { MANIFEST } from './service-worker/manifest';

// A kept page keeps its headers, so a change of theirs alone must be a new version, too.
const headers = createHash('sha256')
  .update(readFileSync(resolve(import.meta.dirname, '../netlify.toml')))
  .digest('hex')
  .slice(0, 16);

/** The page, and where a provider sends a person back to. */
const PAGES = ['index.html', 'oauth.html'];

const KEPT_FILE_BYTES_MAX = 8 * 1024 * 1024;

// The page is served with a strict content security policy (no inline script or style), so nothing
// may be inlined: assets stay files, and module preloading uses no inline polyfill.
export default defineConfig({
  plugins: [
    react(),
    tailwindcss(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'service-worker',
      filename: 'sw.ts',
      registerType: 'prompt',
      injectRegister: null, // src/offline/updates.ts does it
      manifest: MANIFEST,
      injectManifest: {
        rollupFormat: 'iife',
        globPatterns: ['**/*.{js,mjs,css,html,svg,png,woff2,wasm,webmanifest}'],
        maximumFileSizeToCacheInBytes: KEPT_FILE_BYTES_MAX,
        manifestTransforms: [
          (entries) => ({
            manifest: entries.map((entry) =>
              PAGES.includes(entry.url)
                ? { ...entry, revision: `${entry.revision}-${headers}` }
                : entry,
            ),
            warnings: [],
          }),
        ],
      },
    }),
  ],
  worker: { format: 'es' },
  server: { port: 5173, strictPort: false },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: { input: PAGES.map((page) => resolve(import.meta.dirname, page)) },
  },
});
