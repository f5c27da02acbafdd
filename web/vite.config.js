import { defineConfig } from 'vite'

export default defineConfig({
  base: './', // the page works below any path, because a distribution may serve it below one
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false }, // every browser of that target knows modulepreload
    assetsInlineLimit: 0, // files instead of data: URLs, so that the Content-Security-Policy stays strict
    chunkSizeWarningLimit: 600, // kB; Uppy's Dashboard is most of it
  },
})
