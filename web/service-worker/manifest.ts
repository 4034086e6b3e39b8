// What a browser shows of the page once it is installed (https://www.w3.org/TR/appmanifest/).
import type { ManifestOptions } from 'vite-plugin-pwa';

export const MANIFEST: Partial<ManifestOptions> = {
  id: '/',
  name: 'Automator67',
  short_name: 'Automator67',
  description: 'Turns your cloud accounts and machines into one cloud.',
  start_url: '/',
  scope: '/',
  display: 'standalone',
  background_color: '#f7f7f8',
  theme_color: '#f7f7f8',
  icons: [
    { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml' },
    { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
    { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
};
