// How the pages are built: one HTML entry a page, everything else under /assets with its hash in its name.
import { defineConfig } from 'vite';

export default defineConfig({
  appType: 'mpa',
  // What the server puts a fresh nonce in place of, each time it sends a page: styles that are made by code carry it.
  html: { cspNonce: 'CARRYALL-NONCE' },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  build: {
    rolldownOptions: {
      input: { dashboard: 'index.html', graphiql: 'graphiql/index.html' },
      // GraphiQL makes its icons' titles from the names of their components.
      output: { keepNames: true },
      // "use client" in a hundred library files means nothing here, and the warnings would hide the real ones.
      checks: { moduleLevelDirective: false },
    },
    // Fonts and pictures stay files, so that the Content-Security-Policy can do without data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The binary carries other people's code, so it has to carry their licences.
    license: { fileName: 'third-party-licenses.md' },
    // Monaco is one chunk of almost 3 MB and is loaded only after sign-in.
    chunkSizeWarningLimit: 3500,
    reportCompressedSize: false,
  },
});
